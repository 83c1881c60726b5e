/** What would be lost: everything that booths have sealed for a key that was replaced too early, or a server that has no key after a power cut. */
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readTrust } from "../../../crypto/authority/trust.ts";
import type { KeyStore } from "../../../crypto/keys/key.ts";
import { KeyRing } from "../../../crypto/keys/key-ring.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { sealPackageToFile } from "../../../crypto/package/seal.ts";
import { publishSlipIssuers, readSlipIssuers } from "../../../crypto/slip/issuers.ts";
import { newSlipNumber } from "../../../crypto/slip/number.ts";
import { signSlip, verifySlip } from "../../../crypto/slip/token.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { randomUuid } from "../../../crypto/uuid.ts";
import { openOrder, sealOrder } from "../../../mrtd/issue/order.ts";
import { isBareKeyDue } from "../../../server/pki/bare-rotation.ts";
import { oneAtATime } from "../../../server/pki/one-rotation.ts";
import { rewrapRecords } from "../../../server/pki/rewrap.ts";
import {
  dueKinds,
  publishRecipients,
  type RotatingKind,
  type RotationStep,
  rehearseRotation,
  rotateKey,
  rotatingKinds,
  rotationSteps,
} from "../../../server/pki/rotation.ts";
import { usualSchedule } from "../../../server/pki/schedule.ts";
import { rotateSlips, SLIP_KEY } from "../../../server/pki/slip-rotation.ts";
import { openStore } from "../../../server/store/store.ts";
import { sealRequest } from "../installation.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

let installation: PkiInstallation;
let store: KeyStore;
let boothKeys: KeyStore;
beforeAll(async () => {
  installation = await makePkiInstallation();
  [store, boothKeys] = [await installation.keys("server"), await installation.keys("booth")];
});
afterAll(() => installation.remove());

class PowerCut extends Error {}
/** The keys as they are on the disk: the store reads its folder at every call, and keeps only its passphrase's key. */
const keys = async () => store;
async function toolsOf(onStep?: (step: RotationStep) => void) {
  const { data, clock, pki } = installation;
  const common = { data, clock, random: systemRandom, office: pki.office, store: await keys() };
  return { ...common, ...(onStep ? { onStep } : {}) };
}
const cutAfter = (wanted: RotationStep) =>
  toolsOf((step) => {
    if (step === wanted) throw new PowerCut();
  });

let sealed = 0;
/** Seals as the booth does now: for whom its trust folder names. */
async function seal(): Promise<string> {
  const { recipients } = await readTrust(installation.path("booth/trust"));
  const parts = [{ name: "portrait", mediaType: "image/jpeg", content: Buffer.from("a face"), recipients }];
  const signer = await boothKeys.load("booth-identity");
  const path = installation.path(`rotation-${sealed++}.kab`);
  await sealPackageToFile(path, sealRequest(parts, "booth-1"), {
    signer,
    clock: installation.clock,
    random: systemRandom,
  });
  return path;
}
/** Opens as the server does after a restart. */
async function opens(path: string): Promise<string> {
  const ring = await KeyRing.of(await keys(), "server-recipient");
  let found = "";
  const named = (await (await keys()).list()).map(({ keyId }) => keyId);
  const options = { anchors: [installation.provisioned.trust.root], now: installation.clock.now() };
  await openPackage(path, { ...options, recipients: await ring.among(named) }, ({ plaintext }) => {
    found = Buffer.from(plaintext).toString();
  });
  return found;
}

describe.each(Object.keys(rotatingKinds) as RotatingKind[])("the key for %s", (kind) => {
  const purpose = rotatingKinds[kind];

  it("is rehearsed without a trace, replaced, and keeps what came before", async () => {
    const before = await (await keys()).load(purpose);
    const rehearsed = await rehearseRotation(kind, await toolsOf());
    expect([rehearsed.rehearsal, rehearsed.shown.length]).toEqual([true, 2]);
    expect((await (await keys()).list()).filter((key) => key.purpose === purpose)).toHaveLength(1);

    const old = await seal();
    const done = await rotateKey(kind, "officer", await toolsOf());
    const after = await (await keys()).load(purpose);
    expect([done.before, done.after]).toEqual([before.keyId, after.keyId]);
    expect(after.keyId).not.toBe(before.keyId);
    expect((await (await keys()).former(purpose)).map(({ keyId }) => keyId)).toEqual([before.keyId]);
    expect(after.chain[0]!.x509.subjectAltName).toBe(before.chain[0]!.x509.subjectAltName);
    expect(await opens(old)).toBe("a face");
    expect(await opens(await seal())).toBe("a face");
    const events = installation.pki.office.register.eventsOf(after.keyId).map(({ kind: what, by }) => [what, by]);
    expect(events).toEqual([["key.rotated", "officer"]]);
  }, 60_000);
});

describe("a rotation", () => {
  it("that is cut off anywhere leaves keys that work, and goes on with the same key", async () => {
    const first = (await (await keys()).load("server-recipient")).keyId;
    const old = await seal();
    let next: string | undefined;
    for (const step of rotationSteps) {
      const cut = rotateKey("recipient", "officer", await cutAfter(step));
      await expect(cut).rejects.toBeInstanceOf(PowerCut);
      const now = (await (await keys()).load("server-recipient")).keyId;
      const listed = await (await keys()).list();
      // Until it is adopted the old key goes on; the pending one is the same at each try, and so is its certificate.
      if (rotationSteps.indexOf(step) < rotationSteps.indexOf("adopted")) {
        expect(now).toBe(first);
        const pending = listed.find(
          ({ purpose, state }) => purpose === "server-recipient" && state === "pending",
        )?.keyId;
        next ??= pending;
        expect(pending).toBe(next);
      } else if (step === "adopted") {
        expect(now).toBe(next);
        // What the cut left undone is made up for.
        await publishRecipients(installation.data, await keys(), installation.clock.now());
        expect((await readTrust(installation.path("booth/trust"))).recipients[0]!.keyId).toBe(next);
      }
      expect(await opens(old)).toBe("a face");
      expect(await opens(await seal())).toBe("a face");
    }
    expect(installation.pki.office.register.certificatesOfKey(next!)).toHaveLength(1);
  }, 120_000);

  it("leaves the orders openable that were sealed for the keys before", async () => {
    const file = Uint8Array.of(1, 2, 3);
    const document = { lds: file, files: { DG1: file, DG2: file, DG3: file, "EF.COM": file } };
    const order = async () => {
      const [key, recipient] = await Promise.all([store.load("server-receipt"), store.load("server-recipient")]);
      return sealOrder(
        { orderId: randomUuid(systemRandom), caseId: "case", encoding: "19794", document },
        { key, recipients: [recipient.chain[0]!], at: installation.clock.now(), random: systemRandom },
      );
    };
    const running = await KeyRing.of(await keys(), "server-recipient");
    const orders = [await order()];
    for (const kind of ["recipient", "receipt", "recipient"] as const) {
      await rotateKey(kind, "officer", await toolsOf());
      orders.push(await order());
    }
    const trust = { anchors: [installation.provisioned.trust.root] };
    // The process that was running meanwhile opens them as one does that starts now.
    for (const ring of [running, await KeyRing.of(await keys(), "server-recipient")]) {
      for (const sealedOrder of orders) expect((await openOrder(sealedOrder, ring, trust)).files.DG1).toEqual(file);
    }
    const stranger = new KeyRing([await store.load("server-audit")]);
    await expect(openOrder(orders[0]!, stranger, trust)).rejects.toMatchObject({ code: "cms/recipient-unknown" });
  }, 60_000);

  it("whose rehearsal fails is not switched to", async () => {
    const before = (await (await keys()).load("server-receipt")).keyId;
    // A clock years back: the old key's certificate does not hold there, so nobody would believe its receipts.
    installation.clock.aheadMs = -5 * 365 * 86_400_000;
    const tried = rotateKey("receipt", "officer", await toolsOf());
    await expect(tried).rejects.toMatchObject({ code: "rotation/rehearsal-failed" });
    expect((await (await keys()).load("server-receipt")).keyId).toBe(before);
    await expect(rehearseRotation("receipt", await toolsOf())).rejects.toMatchObject({
      code: "rotation/rehearsal-failed",
    });
    installation.clock.aheadMs = 0;
  }, 60_000);

  it("is due when two thirds of the certificate's life are over", async () => {
    expect(await dueKinds(await keys(), installation.clock.now())).toEqual([]);
    const later = new Date(installation.clock.now().getTime() + 500 * 86_400_000);
    expect(await dueKinds(await keys(), later)).toEqual(["receipt", "recipient", "audit", "tls"]);
  });

  it("of the key that records are wrapped for brings the records after it", async () => {
    const path = installation.path("server/kabina.sqlite");
    await mkdir(join(path, ".."), { recursive: true });
    const write = async () => {
      const store = openStore(path, await KeyRing.of(await keys(), "server-recipient"), systemRandom);
      const sha256 = randomBytes(32).toString("hex");
      store.database
        .prepare("INSERT INTO package VALUES (?, ?, 'booth-1', 1, '{}', x'00', '2026-11-21T12:00:00Z')")
        .run(sha256, sha256);
      store.cases.insert("case-1", sha256, "2026-11-21T12:00:00Z");
      const { newKeys, seal: sealPart } = await store.parts.sealer(store.cases.find("case-1")!);
      store.cases.setDataKey("case-1", newKeys.data);
      store.cases.setPrintsKey("case-1", newKeys.prints);
      for (const name of ["portrait", "finger-right-index"])
        store.parts.insert("case-1", { name, mediaType: "image/png", sealed: sealPart(name, Buffer.from(name)) });
      store.close();
    };
    const read = async () => {
      const store = openStore(path, await KeyRing.of(await keys(), "server-recipient"), systemRandom);
      try {
        const record = store.cases.find("case-1")!;
        const names = ["portrait", "finger-right-index"];
        const found = await Promise.all(names.map((name) => store.parts.read(record, name)));
        return found.map(({ bytes }) => bytes.toString()).join();
      } finally {
        store.close();
      }
    };
    await write();
    const { before } = await rotateKey("recipient", "officer", await toolsOf());
    expect(await read()).toBe("portrait,finger-right-index");
    const rewrap = async (rehearsal: boolean) =>
      rewrapRecords(installation.data, await keys(), { random: systemRandom }, rehearsal);
    expect(await rewrap(true)).toBe(1);
    expect(await rewrap(false)).toBe(1);
    expect(await rewrap(false)).toBe(0);
    // The old key is not needed any more.
    await (await keys()).destroy("server-recipient", before);
    expect(await read()).toBe("portrait,finger-right-index");
    await rm(path);
  }, 60_000);
});

describe("the key of slips", () => {
  it("is rehearsed without a trace and followed; a slip given out before is good until a year after, and then the key is gone", async () => {
    const { office } = installation.pki;
    const { store: desk } = office;
    const { data, clock } = installation;
    const tools = { data, office, clock, random: systemRandom };
    await expect(rotateSlips("officer", false, tools)).rejects.toMatchObject({ code: "key/missing" });
    const first = await desk.generate("slip-issuer");
    const booth = join(data, "booth");
    await publishSlipIssuers(data, desk, clock.now());
    const slip = (key: typeof first) => {
      const issuedAt = clock.now();
      return signSlip({ number: newSlipNumber(systemRandom), office: "o", issuedAt, expiresAt: issuedAt }, key);
    };
    const old = await slip(first);
    expect((await rotateSlips("officer", true, tools)).shown).toEqual([
      "a slip of the old key is good where both are known",
      "a slip of the new key is good where both are known",
    ]);
    expect((await desk.list()).filter(({ purpose }) => purpose === "slip-issuer")).toHaveLength(1);
    const done = await rotateSlips("officer", false, tools);
    expect(done.before).toBe(first.keyId);
    const fresh = await slip((await desk.load("slip-issuer")) as typeof first);
    const known = await readSlipIssuers(booth);
    for (const token of [old, fresh]) expect(verifySlip(token, known).office).toBe("o");
    const events = office.register.eventsOf(done.after).map(({ kind, by, data: told }) => [kind, by, told.purpose]);
    expect(events).toEqual([["key.rotated", "officer", "slip-issuer"]]);
    const inDays = (days: number) => new Date(clock.now().getTime() + days * 86_400_000);
    expect([
      await isBareKeyDue(SLIP_KEY, desk, inDays(364), usualSchedule),
      await isBareKeyDue(SLIP_KEY, desk, inDays(366), usualSchedule),
    ]).toEqual([false, true]);
    await publishSlipIssuers(data, desk, inDays(366));
    expect(() => verifySlip(fresh, known)).not.toThrow();
    const left = await readSlipIssuers(booth);
    expect(left).toHaveLength(1);
    expect(() => verifySlip(old, left)).toThrow(expect.objectContaining({ code: "slip/forged" }));
    expect(await desk.former("slip-issuer")).toEqual([]);
  });
});

it("of two who replace keys at once the second is told, and has begun nothing", async () => {
  const { data } = installation;
  let done: () => void = () => {};
  const first = oneAtATime(data, () => new Promise<void>((resolve) => (done = resolve)));
  await new Promise((soon) => setTimeout(soon, 50));
  let begun = false;
  const second = oneAtATime(data, async () => {
    begun = true;
  });
  await expect(second).rejects.toMatchObject({ code: "rotation/under-way" });
  expect(begun).toBe(false);
  done();
  await first;
  await expect(oneAtATime(data, async () => "free")).resolves.toBe("free");
});
