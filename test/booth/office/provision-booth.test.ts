/** What would be lost: a booth made from a forged profile, sealing people's captures for a thief. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { provisionBooth } from "../../../booth/office/provision-booth.ts";
import { ensureKey } from "../../../crypto/authority/authority.ts";
import { readInstallation } from "../../../crypto/authority/installation.ts";
import { readProfile, signProfile } from "../../../crypto/authority/profile.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
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

const profileFor = (place: string, signer = officer, days = 30) => {
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
  };
  return signProfile(content, new Date(), signer);
};
const provision = async (profile: string, pinned = office.provisioned.trust.root.sha256) =>
  provisionBooth({ folder, profile, pinned, store, clock: office.clock });

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
