/** Keys replaced when an officer asks, and an installation that moves to another suite. What would be lost: what was sealed before, or the booth itself. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { keysName, readBoothPast } from "../../../booth/booth-past.ts";
import { boothSecrets } from "../../../booth/booth-secrets.ts";
import { JournalKeys } from "../../../booth/journal/journal-keys.ts";
import { rotateByHand } from "../../../booth/journal/rotate-command.ts";
import { OfficeLink } from "../../../booth/office/office-link.ts";
import { RenewableKey } from "../../../booth/office/renewable-key.ts";
import { TrustKeeper } from "../../../booth/office/trust-keeper.ts";
import { anchorsOf, readTrust, tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { claimFolder } from "../../../crypto/folder-claim.ts";
import type { KeyStore } from "../../../crypto/keys/key.ts";
import { KeyRing } from "../../../crypto/keys/key-ring.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { sealPackageToFile } from "../../../crypto/package/seal.ts";
import { recipientsFor } from "../../../crypto/suites/registry.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { type RotationTools, rehearseRotation, rotateKey } from "../../../server/pki/rotation.ts";
import { rotateStatus } from "../../../server/pki/status-rotation.ts";
import { sealRequest } from "../installation.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

const hour = 60 * 60_000;
const hybrid = "mldsa65p256-mlkem768p256-aes256gcm/1";
let here: PkiInstallation;
let serverKeys: KeyStore;
let boothKeys: KeyStore;
let identity: RenewableKey;
let tls: RenewableKey;
let keeper: TrustKeeper;
let notes: string[];

beforeAll(async () => {
  here = await makePkiInstallation();
  [serverKeys, boothKeys] = [await here.keys("server"), await here.keys("booth")];
  identity = new RenewableKey(await boothKeys.load("booth-identity"));
  tls = new RenewableKey(identity.standing);
  notes = [];
  const trust = await readTrust(here.path("booth/trust"));
  const authorities = tlsAuthorities(trust, "servers");
  keeper = await TrustKeeper.open({
    ...{ folder: here.path("booth"), boothId: "booth-1", software: "test", store: boothKeys, identity, tls, trust },
    ...{ clock: here.clock, note: (kind) => notes.push(kind), onRenewed: () => {} },
    journal: await JournalKeys.open({ store: boothKeys, folder: here.path("booth/sessions"), random: systemRandom }),
    link: new OfficeLink({ url: here.url, authorities, credentials: () => tls.tls() }),
    onFault: (error) => {
      throw error;
    },
  });
}, 60_000);
afterAll(() => here.remove());

const tools = (): RotationTools => {
  const { data, pki, clock } = here;
  return { data, office: pki.office, store: serverKeys, clock, random: systemRandom };
};
const look = async () => expect(await keeper.look()).toBeUndefined();
const later = (hours: number) => {
  here.clock.aheadMs += hours * hour;
};

let sealed = 0;
async function seal(): Promise<string> {
  const signer = identity.standing;
  const recipients = recipientsFor(signer.algorithm, keeper.recipients);
  const parts = [{ name: "portrait", mediaType: "image/jpeg", content: Buffer.from("a face"), recipients }];
  const path = here.path(`rekey-${sealed++}.kab`);
  const notAfter = new Date(here.clock.now().getTime() + 24 * hour);
  await sealPackageToFile(
    path,
    { ...sealRequest(parts, "booth-1"), notAfter },
    { signer, clock: here.clock, random: systemRandom },
  );
  return path;
}
/** Opens as the server does after a restart; the suite that it was under. */
async function opens(path: string): Promise<string> {
  const ring = await KeyRing.of(serverKeys, "server-recipient");
  const recipients = await ring.among((await serverKeys.list()).map(({ keyId }) => keyId));
  let found = "";
  const options = { anchors: anchorsOf(await readTrust(here.path("server/trust"))), now: here.clock.now(), recipients };
  const { manifest } = await openPackage(path, options, ({ plaintext }) => {
    found = Buffer.from(plaintext).toString();
  });
  expect(found).toBe("a face");
  return manifest.suite;
}

describe("the key that answers questions about certificates", () => {
  it("is rehearsed without a trace, replaced, and openssl believes answers of both", async () => {
    const { office } = here.pki;
    const before = (await office.store.load("authority-status")).keyId;
    const rehearsed = await rotateStatus("officer", true, tools());
    expect(rehearsed.shown).toEqual([
      "an answer of the old key holds, by openssl too",
      "an answer of the new key holds, by openssl too",
    ]);
    expect((await office.store.list()).filter(({ purpose }) => purpose === "authority-status")).toHaveLength(1);
    const done = await rotateStatus("officer", false, tools());
    expect([done.before, (await office.store.load("authority-status")).keyId]).toEqual([before, done.after]);
    await here.reopen();
    await writeFile(here.path("leaf.pem"), identity.chain[0]!.toPem());
    const said = await here.openssl(
      ...["ocsp", "-issuer", "booths.pem", "-cert", "leaf.pem", "-url", `${here.url}/pki/status`],
      ...["-CAfile", "root.pem", "-verify_other", "booths.pem", "-resp_text"],
    );
    expect(said).toContain("leaf.pem: good");
    const responders = here.pki.office.register.certificatesOfKey(done.after);
    expect(responders.map(({ name }) => name)).toEqual(["Kabina status of booths"]);
  }, 60_000);
});

describe("a booth's key", () => {
  it("is replaced by the booth itself when an officer asks, once, and not within an hour of the last", async () => {
    const { office } = here.pki;
    const first = identity.keyId;
    const journalKey = async () => (await boothKeys.load("booth-journal")).keyId;
    const firstJournal = await journalKey();
    office.askToRekey("booth-1", "officer-1", null);
    await look();
    expect([identity.keyId, await journalKey()]).toEqual([first, firstJournal]);
    later(2);
    await look();
    const second = identity.keyId;
    expect([second === first, office.rekeyWanted("booth-1"), notes.includes("booth.renewed")]).toEqual([
      false,
      null,
      true,
    ]);
    const secondJournal = await journalKey();
    expect([secondJournal === firstJournal, notes.includes("booth.key-replaced")]).toEqual([false, true]);
    later(2);
    await look();
    expect([identity.keyId, await journalKey()]).toEqual([second, secondJournal]);
    expect((await boothKeys.former("booth-identity")).map(({ keyId }) => keyId)).toEqual([first]);
    // And by the schedule, where it is shorter than what the certificate says.
    const schedule = { format: "kabina-rotation/1", days: { "booth-identity": 30, "booth-journal": 30 } };
    await writeFile(here.path("server/rotation.json"), JSON.stringify(schedule));
    later(29 * 24);
    await look();
    expect(identity.keyId).toBe(second);
    later(2 * 24);
    await look();
    expect(identity.keyId).not.toBe(second);
    expect(await journalKey()).not.toBe(secondJournal);
    const told = here.pki.office.register.boothsSeen().map(({ report }) => JSON.parse(report!).journal.keyId);
    expect(told).toEqual([secondJournal]);
    await rm(here.path("server/rotation.json"));
    expect(() => office.askToRekey("booth-9", "officer-1", null)).toThrow("drill/nothing-held");
  }, 60_000);
});

describe("an installation that moves to another suite", () => {
  let old: string;
  it("takes a recipient of the new suite, rehearsed; booths of the old one go on sealing for theirs", async () => {
    old = await seal();
    const change = { ...tools(), suite: hybrid } as const;
    await expect(rotateKey("tls", "officer", change)).rejects.toMatchObject({ code: "rotation/suite-unfit" });
    expect((await rehearseRotation("recipient", change)).shown).toHaveLength(2);
    await rotateKey("recipient", "officer", change);
    await look();
    expect(keeper.recipients.map(({ keyAlgorithm }) => keyAlgorithm)).toEqual(["ML-KEM-768+P-256", "P-256"]);
    expect([await opens(old), await opens(await seal())]).toEqual([
      "p256-sha256-aes256gcm/1",
      "p256-sha256-aes256gcm/1",
    ]);
  }, 60_000);

  it("booths take keys of it when they are asked, with a key for TLS beside; packages of both suites open", async () => {
    expect(here.pki.office.boothsHolding()).toEqual(["booth-1"]);
    here.pki.office.askToRekey("booth-1", "officer-1", hybrid);
    later(2);
    await look();
    expect([identity.algorithm, tls.purpose, tls.algorithm]).toEqual(["ML-DSA-65+P-256", "booth-tls", "P-256"]);
    expect(tls.chain[0]!.extendedKeyUsage).toHaveLength(1);
    expect([await opens(await seal()), await opens(old)]).toEqual([hybrid, "p256-sha256-aes256gcm/1"]);
    // It still reports and renews, by its key for TLS, which it renews as well.
    const [before, own] = [tls.keyId, identity.keyId];
    later(500 * 24);
    await look();
    expect([tls.keyId === before, identity.keyId === own, identity.algorithm]).toEqual([
      false,
      false,
      "ML-DSA-65+P-256",
    ]);
    expect((await boothKeys.load("booth-tls")).keyId).toBe(tls.keyId);
  }, 60_000);
});

describe("the key of a booth's journals", () => {
  it("is replaced by hand while the booth stands still; its own log tells, so that the next start takes it for no break-in", async () => {
    const folder = here.path("booth");
    const tools = { secrets: boothSecrets(folder, {}), clock: here.clock, random: systemRandom };
    const journalKey = async () => (await boothKeys.load("booth-journal")).keyId;
    const before = await journalKey();
    expect((await rotateByHand(folder, true, tools)).before).toBe(before);
    expect(await journalKey()).toBe(before);
    const done = await rotateByHand(folder, false, tools);
    expect([done.before, await journalKey()]).toEqual([before, done.after]);
    const { keys } = await readBoothPast(join(folder, "audit.log"));
    expect(keys).toBe(keysName([(await boothKeys.load("booth-identity")).keyId, done.after]));
    const running = await claimFolder(folder, "booth");
    await expect(rotateByHand(folder, false, tools)).rejects.toMatchObject({ code: "booth/already-running" });
    running.close();
    expect(await journalKey()).toBe(done.after);
  });
});
