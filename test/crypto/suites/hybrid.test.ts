/**
 * The hybrid suite: whoever opens a part or forges a signature must break lattices and a curve. What would be lost: prints that are read in twenty years, or a
 * strong name on a seal of which one half is not looked at.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { AuditLog } from "../../../crypto/audit/log.ts";
import { verifyAuditLog } from "../../../crypto/audit/verify.ts";
import { Authority, nameOf } from "../../../crypto/authority/authority.ts";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { buildRequest, readRequest } from "../../../crypto/certificate/request.ts";
import { schemeOf } from "../../../crypto/certificate/signature.ts";
import { parseAuthEnvelope } from "../../../crypto/cms/auth-envelope.ts";
import { parseSignedData } from "../../../crypto/cms/signed-data.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { unwrapSessionKey, wrapSessionKey } from "../../../crypto/keys/session-key.ts";
import { SuiteFileKey } from "../../../crypto/keys/suite-file-key.ts";
import { decodeManifest } from "../../../crypto/package/manifest.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import { compositeKem, compositeSignature, hybrid } from "../../../crypto/suites/hybrid.ts";
import { encodePrivateKey, suiteKeyOf } from "../../../crypto/suites/registry.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { MemoryKeyStore, seededRandom } from "../deterministic-key.ts";
import {
  clockAt,
  contentOf,
  issuedAt,
  makeWorld,
  packSigned,
  requestFor,
  sealBytes,
  tarEntries,
  tarEntry,
} from "../package/fixture.ts";
import { publishedFolder, whenPublished } from "../published.ts";

const golden = fileURLToPath(new URL("../golden/hybrid.kab", import.meta.url));
let folder: string;
let authority: Authority;
let booth: PrivateKeyHandle;
let recipient: PrivateKeyHandle;

/** Keys out of a seed, so that the golden file opens in every run. */
async function certified(purpose: "booth-identity" | "server-recipient", name: string) {
  const kind = purpose === "booth-identity" ? compositeSignature : compositeKem;
  const privateKey = kind.generate(seededRandom(`hybrid ${name}`));
  const chain = await authority.issue(purpose, new SuiteFileKey(purpose, kind, privateKey), name);
  return new SuiteFileKey(purpose, kind, privateKey, chain);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-hybrid-"));
  const random = seededRandom("hybrid");
  authority = await Authority.open(folder, new MemoryKeyStore(random), { clock: clockAt(issuedAt), random });
  booth = await certified("booth-identity", "booth-1");
  recipient = await certified("server-recipient", "recipient");
  if (process.env.KABINA_WRITE_GOLDEN) await writeFile(golden, (await seal()).bytes);
});
afterAll(() => rm(folder, { recursive: true }));

const parts = (to = recipient) => [
  { name: "portrait", mediaType: "image/jpeg", content: Buffer.from("a portrait"), recipients: [to.chain[0]!] },
];
const seal = (to = recipient) => sealBytes(requestFor(parts(to)), booth);
const options = () => ({ anchors: [authority.root], now: new Date("2026-11-22T00:00:00Z") });
async function open(bytes: Uint8Array) {
  const opened: string[] = [];
  const { manifest } = await openPackage([bytes], { ...options(), recipients: [recipient] }, ({ plaintext }) => {
    opened.push(Buffer.from(plaintext).toString());
  });
  return { manifest, opened };
}

describe("a package under the hybrid suite", () => {
  it("opens to what was sealed, and its certificates say what their keys may do", async () => {
    const { bytes } = await seal();
    expect(await open(bytes)).toMatchObject({ manifest: { suite: hybrid.id }, opened: ["a portrait"] });
    expect(recipient.chain[0]!.mayUse("keyEncipherment")).toBe(true);
    expect(recipient.chain[0]!.mayUse("keyAgreement")).toBe(false);
  });

  it("the golden one opens, and is written the same but for the booth's signature", async () => {
    const kept = await readFile(golden);
    expect((await open(kept)).opened).toEqual(["a portrait"]);
    const [manifest, , part] = tarEntries(kept);
    const now = tarEntries((await seal()).bytes);
    expect(now[0]!.equals(manifest!)).toBe(true);
    expect(now[2]!.equals(part!)).toBe(true);
  });

  it("is refused when either half of its signature is not the booth's", async () => {
    const { bytes } = await seal();
    const [manifest, signature] = tarEntries(bytes);
    const p7s = Buffer.from(contentOf(signature!));
    const value = Buffer.from(parseSignedData(p7s).signers[0]!.signature);
    const at = p7s.indexOf(value);
    for (const flipped of [at + 100, at + value.length - 3]) {
      const changed = Buffer.from(p7s);
      changed[flipped]! ^= 1;
      const forged = Buffer.concat([
        manifest!,
        tarEntry("manifest.p7s", changed),
        bytes.subarray(manifest!.length + signature!.length),
      ]);
      await expect(verifyPackage([forged], options())).rejects.toMatchObject({ code: "package/signature-invalid" });
    }
  });

  it("does not open with either half of the ciphertext changed, or with half a key", async () => {
    const { bytes } = await seal();
    const part = contentOf(tarEntries(bytes)[2]!);
    const manifest = decodeManifest(contentOf(tarEntries(bytes)[0]!));
    const { sent } = parseAuthEnvelope(part).recipients[0]!;
    const at = Buffer.from(part).indexOf(Buffer.from(sent));
    for (const flipped of [at + 5, at + sent.length - 5]) {
      const changed = Buffer.from(part);
      changed[flipped]! ^= 1;
      const { createHash } = await import("node:crypto");
      const line = { ...manifest.parts[0]!, sha256: createHash("sha256").update(changed).digest("hex") };
      const forged = await packSigned({ ...manifest, parts: [line] }, booth, [{ name: "portrait", bytes: changed }]);
      await expect(open(forged)).rejects.toMatchObject({ code: "package/part-undecryptable" });
    }
    await expect(recipient.agree(sent.subarray(1))).rejects.toMatchObject({ code: "key/unsuitable" });
    await expect(recipient.agree(sent.subarray(0, 1088))).rejects.toMatchObject({ code: "key/unsuitable" });
  });

  it("takes no recipient of another suite; and a weaker suite is not taken for it", async () => {
    const world = await makeWorld("hybrid mixed");
    await expect(seal(world.recipient)).rejects.toMatchObject({ code: "package/recipient-invalid" });

    const weak = await sealBytes(requestFor(parts(world.recipient)), world.booth);
    const least = { ...world.options, least: hybrid.id };
    await expect(verifyPackage([weak.bytes], least)).rejects.toMatchObject({
      code: "package/suite-weak",
      details: { found: "p256-sha256-aes256gcm/1", least: hybrid.id },
    });
    await expect(
      sealBytes({ ...requestFor(parts(world.recipient)), least: hybrid.id }, world.booth),
    ).rejects.toMatchObject({ code: "package/suite-weak" });
    expect((await verifyPackage([(await seal()).bytes], { ...options(), least: hybrid.id })).manifest.suite).toBe(
      hybrid.id,
    );
    // The name alone does not help: the signature is not of that suite.
    const manifest = decodeManifest(contentOf(tarEntries(weak.bytes)[0]!));
    const named = await packSigned({ ...manifest, suite: hybrid.id }, world.booth, []);
    await expect(verifyPackage([named], least)).rejects.toMatchObject({ code: "package/signer-foreign" });
  });
});

describe("hybrid keys", () => {
  it("lie in a key file under its passphrase, and come back the same", async () => {
    const passphrase = Buffer.from("a passphrase of some length");
    const store = await FileKeyStore.openOrCreate(join(folder, "keys"), passphrase, systemRandom);
    const made = await store.generate("server-recipient", "ML-KEM-768+P-256");
    const [listed] = await store.list();
    expect(listed).toMatchObject({ algorithm: "ML-KEM-768+P-256", protection: "file", keyId: made.keyId });
    const again = await FileKeyStore.open(join(folder, "keys"), passphrase, systemRandom);
    const { sent, shared } = compositeKem.encapsulate!(suiteKeyOf(made.publicKeyInfo)!.bytes, systemRandom);
    expect(Buffer.from(await (await again.load("server-recipient")).agree(sent))).toEqual(Buffer.from(shared));
    await expect(made.sign(sent)).rejects.toMatchObject({ code: "key/unsuitable" });
    expect(() => made.tls()).toThrow(expect.objectContaining({ code: "key/not-for-tls" }));
  });
});

describe("what else hybrid keys do", () => {
  it("a booth asks to be certified, and is refused when half of its proof is another's", async () => {
    const signer = { scheme: schemeOf(booth), sign: (data: Uint8Array) => booth.sign(data) };
    const der = Buffer.from(await buildRequest(nameOf("booth-1"), booth.publicKeyInfo, signer));
    await expect(readRequest(der)).resolves.toMatchObject({ commonName: "booth-1", keyId: booth.keyId });
    for (const from of [der.length - 3, der.length - 1000]) {
      const changed = Buffer.from(der);
      changed[from]! ^= 1;
      await expect(readRequest(changed)).rejects.toThrow(expect.objectContaining({ code: "request/no-possession" }));
    }
  });

  it("the server's records are wrapped for a hybrid recipient, and unwrap for nobody else", async () => {
    const key = Buffer.alloc(32, 7);
    const wrapped = wrapSessionKey(key, recipient.publicKeyInfo, "case 1", systemRandom);
    expect(Buffer.from(await unwrapSessionKey(wrapped, recipient, "case 1"))).toEqual(key);
    await expect(unwrapSessionKey(wrapped, recipient, "case 2")).rejects.toMatchObject({ code: "key/unwrap" });
    const bytes = Buffer.from(wrapped.ephemeral, "base64");
    bytes[3]! ^= 1;
    const changed = { ...wrapped, ephemeral: bytes.toString("base64") };
    await expect(unwrapSessionKey(changed, recipient, "case 1")).rejects.toMatchObject({ code: "key/unwrap" });
  });

  it("a booth signs its audit log, and another booth's checkpoint is not taken for it", async () => {
    const path = join(folder, "audit.log");
    const log = await AuditLog.open(path, { origin: "kabina/booth/booth-1", key: booth, clock: clockAt(issuedAt) });
    await log.append("package.sealed", { package: "1" });
    await log.checkpoint();
    await log.close();
    expect(await verifyAuditLog(path, { anchors: [authority.root] })).toMatchObject({ entries: 1, checkpoints: 1 });
    const notes = await readFile(`${path}.checkpoints`, "utf8");
    await writeFile(`${path}.checkpoints`, notes.replace("kabina/booth/booth-1\n1\n", "kabina/booth/booth-1\n0\n"));
    await expect(verifyAuditLog(path, { anchors: [authority.root] })).rejects.toMatchObject({
      code: "audit/checkpoint-signature",
    });
  });
});

/** `testvectors.json` of the two drafts, as `composite-sigs.json` and `composite-kem.json`. */
const vectors = publishedFolder("COMPOSITE_VECTORS", "composite/");
whenPublished(vectors)("the drafts' own vectors", () => {
  const read = async (name: string, id: string) => {
    const file = JSON.parse(await readFile(join(vectors, name), "utf8"));
    const test = file.tests.find(({ tcId }: { tcId: string }) => tcId === id);
    const bytes = (text: string) => Buffer.from(text, "base64");
    return { field: (field: string) => bytes(test[field]), message: file.m && bytes(file.m) };
  };

  it("composite ML-DSA-65 with ECDSA P-256", async () => {
    const { field, message } = await read("composite-sigs.json", "id-MLDSA65-ECDSA-P256-SHA512");
    expect(compositeSignature.verify!(field("pk"), message, field("s"))).toBe(true);
    const key = compositeSignature.open(field("sk"));
    expect(Buffer.from(key.publicKey)).toEqual(field("pk"));
    expect(compositeSignature.verify!(field("pk"), message, await key.sign!(message))).toBe(true);
    expect(Buffer.from(encodePrivateKey(compositeSignature, field("sk")))).toEqual(field("sk_pkcs8"));
    const certificate = new Certificate(field("x5c"));
    expect([certificate.keyAlgorithm, certificate.isSignedBy(certificate)]).toEqual(["ML-DSA-65+P-256", true]);
  });

  it("composite ML-KEM-768 with ECDH P-256", async () => {
    const { field } = await read("composite-kem.json", "id-MLKEM768-ECDH-P256-SHA3-256");
    const key = compositeKem.open(field("dk"));
    expect([Buffer.from(key.publicKey), Buffer.from(key.agree!(field("c")))]).toEqual([field("ek"), field("k")]);
    expect(Buffer.from(encodePrivateKey(compositeKem, field("dk")))).toEqual(field("dk_pkcs8"));
    expect(new Certificate(field("x5c")).keyAlgorithm).toBe("ML-KEM-768+P-256");
  });
});
