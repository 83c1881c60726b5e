/** What would be lost: a booth made from a forged profile, sealing people's captures for a thief; one that turns away the people whom the desk has sent. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OfficeLink } from "../../../booth/office/office-link.ts";
import { provisionBooth } from "../../../booth/office/provision-booth.ts";
import { allowNewKey } from "../../../booth/office/refused-key.ts";
import { RenewableKey } from "../../../booth/office/renewable-key.ts";
import { TrustKeeper } from "../../../booth/office/trust-keeper.ts";
import { SlipBook } from "../../../booth/slip/book.ts";
import { issueSlips } from "../../../booth/slip/issue.ts";
import { ensureKey } from "../../../crypto/authority/authority.ts";
import { readInstallation } from "../../../crypto/authority/installation.ts";
import { readProfile, signProfile } from "../../../crypto/authority/profile.ts";
import { readTrust, tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { KeyStore, PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { defaultPolicy } from "../../../crypto/policy/session-policy.ts";
import { newSlipNumber } from "../../../crypto/slip/number.ts";
import { signSlip } from "../../../crypto/slip/token.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { folderSource, UpdateClient } from "../../../crypto/updates/client.ts";
import { rotateSlips } from "../../../server/pki/slip-rotation.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { makePkiInstallation, type PkiInstallation } from "../../server/pki/pki-installation.ts";

let office: PkiInstallation;
let officer: PrivateKeyHandle;
let folder: string;
const store = new MemoryKeyStore(systemRandom);

beforeAll(async () => {
  office = await makePkiInstallation();
  folder = await mkdtemp(join(tmpdir(), "kabina-provision-booth-"));
  const keys = new MemoryKeyStore(systemRandom);
  const key = await ensureKey(keys, "operator");
  officer = await keys.certify("operator", await office.pki.office.authority.issue("operator", key, "officer-1"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await office.remove();
});

const profileFor = (
  place: string,
  signer = officer,
  days = 30,
  more: { readonly slipIssuers?: string; readonly updatesRoot?: string; readonly boothId?: string } = {},
) => {
  const { root, booths, servers, recipients } = office.provisioned.trust;
  const trust = {
    root: root.toPem(),
    booths: booths.toPem(),
    servers: servers.toPem(),
    recipients: recipients.map((one) => one.toPem()),
  };
  const notAfter = `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
  const urls = { serverUrl: "https://localhost:8443", pkiUrl: office.url };
  const content = {
    boothId: "booth-90",
    office: { id: place, name: place },
    ...urls,
    trust,
    updatesRoot: null,
    devices: null,
    notAfter,
    ...more,
  };
  return signProfile(content, new Date(), signer);
};
const provision = async (profile: string, here: { folder: string; store: KeyStore } = { folder, store }) =>
  provisionBooth({ ...here, profile, pinned: office.provisioned.trust.root.sha256, clock: office.clock });

describe("a booth from a signed profile", () => {
  it("waits until an officer has compared its key, is then ready, and moves when a new profile says so", async () => {
    const waiting = await provision(await profileFor("office-a"));
    expect(waiting).toMatchObject({ state: "waiting", officer: "officer-1", problems: [] });
    await expect(readInstallation(folder)).rejects.toThrow("installation/missing");
    const { id } = office.pki.office.register.requestOfKey(waiting.keyId)!;
    await office.pki.office.approve(id, "officer-1", waiting.keyId, "office-a");
    expect(await provision(await profileFor("office-a"))).toMatchObject({
      state: "ready",
      movedFrom: null,
      problems: [],
    });
    expect((await readInstallation(folder)).office.id).toBe("office-a");
    expect(office.pki.office.register.boothsSeen().map(({ booth }) => booth)).toContain("booth-90");
    expect(await provision(await profileFor("office-b"))).toMatchObject({
      state: "ready",
      movedFrom: "office-a",
      keyId: waiting.keyId,
    });
  });

  it("is not made from a profile of another root, of a stranger, of a booth's key, expired, changed, or with too few digits", async () => {
    const good = await profileFor("office-a");
    const { root } = office.provisioned.trust;
    const read =
      (text: string, pinned = root.sha256) =>
      () =>
        readProfile(text, pinned, new Date());
    expect(read(good)).not.toThrow();
    expect(read(good, root.sha256.slice(0, 15))).toThrow("profile/pin-short");
    expect(read(good, "0".repeat(64))).toThrow("profile/root-differs");
    const booth = await (await office.keys("booth")).load("booth-identity");
    expect(read(await profileFor("office-a", booth))).toThrow("certificate/purpose");
    expect(read(await profileFor("office-a", officer, -1))).toThrow("profile/expired");
    const changed = Buffer.from(JSON.parse(good).document, "base64").toString().replace("office-a", "office-x");
    const forged = JSON.stringify({ ...JSON.parse(good), document: Buffer.from(changed).toString("base64") });
    expect(read(forged)).toThrow("receipt/signature-invalid");
  });
});

it("a booth whose key an officer refused asks no more, with that key or another, until an engineer has confirmed", async () => {
  const place = office.path("refused-booth");
  const passphrase = Buffer.from("a passphrase of a test");
  const here = { folder: place, store: await FileKeyStore.openOrCreate(join(place, "keys"), passphrase, systemRandom) };
  const profile = await profileFor("office-a", officer, 30, { boothId: "booth-91" });
  const { register } = office.pki.office;
  const first = await provision(profile, here);
  await office.pki.office.refuse(register.requestOfKey(first.keyId)!.id, "officer-1");
  const refusal = { code: "booth/key-refused", details: { key: first.keyId.slice(0, 16) } };
  for (let time = 0; time < 3; time++) await expect(provision(profile, here)).rejects.toMatchObject(refusal);
  const [kept] = (await here.store.list()).filter(({ purpose }) => purpose === "booth-identity");
  expect([kept?.keyId === first.keyId, register.waiting()]).toEqual([false, []]);
  expect(await allowNewKey(place)).toBe(first.keyId);
  expect(await provision(profile, here)).toMatchObject({ state: "waiting", keyId: kept!.keyId });
  await office.pki.office.approve(register.requestOfKey(kept!.keyId)!.id, "officer-1", kept!.keyId, "office-a");
  expect(await provision(profile, here)).toMatchObject({ state: "ready", problems: [] });
});

describe("the slips of the office's desk at a booth in a folder of its own", () => {
  const desk = async (count = 1) =>
    (await issueSlips(office.data, { clock: office.clock, random: systemRandom }, { count, hours: 24 })).map(
      ({ token }) => token,
    );
  const check = async (token: string) => (await SlipBook.open(folder, office.clock)).check(token, "session");
  const keeper = async (linked: boolean) => {
    const trust = await readTrust(join(folder, "trust"));
    const key = new RenewableKey(await store.load("booth-identity"));
    const authorities = tlsAuthorities(trust, "servers");
    const link = new OfficeLink({ url: office.url, authorities, credentials: () => key.tls() });
    return TrustKeeper.open({
      ...{ folder, boothId: "booth-90", software: "test", store, identity: key, tls: key, trust, clock: office.clock },
      ...{ link: linked ? link : undefined, note: () => {}, onRenewed: () => {} },
      onFault: (error) => {
        throw error;
      },
    });
  };
  const foreign = async () => {
    const key = await new MemoryKeyStore(systemRandom).generate("slip-issuer");
    const expiresAt = new Date(Date.now() + 3_600_000);
    return signSlip({ number: newSlipNumber(systemRandom), office: "o", issuedAt: new Date(), expiresAt }, key);
  };
  const rotate = async () => {
    const { clock, data, pki } = office;
    await rotateSlips("officer-1", false, { clock, data, office: pki.office, random: systemRandom });
    await pki.updates.refresh();
  };

  it("are good by the profile's key, after a rotation by the link and by the courier's box, also those given out before; never a stranger's", async () => {
    const [first] = (await desk()) as [string];
    await expect(check(first)).rejects.toMatchObject({ code: "slip/unknown" });
    const { updates } = office.pki;
    const officers = await Promise.all([1, 2].map(() => new MemoryKeyStore(systemRandom).generate("operator")));
    await updates.repository.begin(officers, 2, updates.online);
    const policy = Buffer.from(JSON.stringify(defaultPolicy));
    let draft = await updates.repository.draft({ "policy.json": policy }, updates.online.lists);
    for (const one of officers) draft = await updates.repository.signDraft(one, draft.hash);
    await updates.repository.publish(updates.online);
    await updates.refresh();

    const slipIssuers = await readFile(office.path("authority/slip-issuers.pem"), "utf8");
    const updatesRoot = Buffer.from(await updates.repository.firstRoot()).toString("base64");
    const profile = await profileFor("office-a", officer, 30, { slipIssuers, updatesRoot });
    await provision(profile);
    expect((await check(first)).slip.office).toBe("office-1");
    await expect(check(await foreign())).rejects.toMatchObject({ code: "slip/forged" });

    await cp(office.path("authority/updates"), office.path("box-of-before"), { recursive: true });
    await rotate();
    const [second] = (await desk()) as [string];
    await expect(check(second)).rejects.toMatchObject({ code: "slip/forged" });
    expect(await (await keeper(true)).look()).toBeUndefined();
    for (const token of [first, second]) expect((await check(token)).entered).toBe("scanned");
    await expect(check(await foreign())).rejects.toMatchObject({ code: "slip/forged" });
    // The same profile again unsays nothing that has come since.
    await provision(profile);
    expect((await check(second)).entered).toBe("scanned");

    await rotate();
    const [third] = (await desk()) as [string];
    const courier = async (box: string) => {
      const client = new UpdateClient(join(folder, "updates"));
      await client.update(folderSource(office.path(box)), ["policy.json", "lists/slip-issuers.pem"]);
      expect(await (await keeper(false)).look()).toBeUndefined();
    };
    await expect(courier("box-of-before")).rejects.toMatchObject({ code: "updates/refused" });
    await expect(check(third)).rejects.toMatchObject({ code: "slip/forged" });
    await courier("authority/updates");
    for (const token of [first, second, third]) expect((await check(token)).entered).toBe("scanned");
  });

  it("stay good when a list comes that is none: it is told, and the one before stays", async () => {
    const [token] = (await desk()) as [string];
    await writeFile(
      office.path("authority/slip-issuers.pem"),
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    );
    await office.pki.updates.refresh();
    expect(await (await keeper(true)).look()).toMatchObject({ code: "slip/issuers-malformed" });
    expect((await check(token)).entered).toBe("scanned");
  });
});
