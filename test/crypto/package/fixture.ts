/** A booth, a server and an authority that exist only in memory, the same in every run. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { Authority } from "../../../crypto/authority/authority.ts";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { handleSigner, signData } from "../../../crypto/cms/sign-data.ts";
import type { Clock } from "../../../crypto/environment.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import type { Manifest } from "../../../crypto/package/manifest.ts";
import { type SealedPackage, type SealPart, type SealRequest, sealPackage } from "../../../crypto/package/seal.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "../../../crypto/package/tar.ts";
import type { VerifyOptions } from "../../../crypto/package/verify.ts";
import { MemoryKeyStore, seededRandom } from "../deterministic-key.ts";

export const issuedAt = new Date("2026-11-01T00:00:00Z");
export const sealedAt = new Date("2026-11-21T12:00:00Z");
export const clockAt = (at: Date): Clock => ({ now: () => at, monotonic: () => 0 });

export interface World {
  readonly authority: Authority;
  readonly booth: PrivateKeyHandle;
  readonly otherBooth: PrivateKeyHandle;
  readonly recipient: PrivateKeyHandle;
  readonly otherRecipient: PrivateKeyHandle;
  readonly receipt: PrivateKeyHandle;
  readonly audit: PrivateKeyHandle;
  readonly anchors: readonly Certificate[];
  readonly options: VerifyOptions;
}

export async function makeWorld(seed: string): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "kabina-world-"));
  try {
    const random = seededRandom(seed);
    const tools = { clock: clockAt(issuedAt), random };
    const authority = await Authority.open(folder, new MemoryKeyStore(random), tools);
    const certified = async (purpose: Parameters<Authority["issue"]>[0], name: string) => {
      const store = new MemoryKeyStore(random);
      const key = await store.generate(purpose);
      return store.certify(purpose, await authority.issue(purpose, key, name));
    };
    const booth = await certified("booth-identity", "booth-1");
    const otherBooth = await certified("booth-identity", "booth-2");
    const recipient = await certified("server-recipient", "recipient");
    const otherRecipient = await certified("server-recipient", "other recipient");
    const receipt = await certified("server-receipt", "receipts");
    const audit = await certified("server-audit", "audit");
    const anchors = [authority.root];
    const options = { anchors, now: new Date("2026-11-22T00:00:00Z") };
    return { authority, booth, otherBooth, recipient, otherRecipient, receipt, audit, anchors, options };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function smallParts(world: World): SealPart[] {
  const recipients = [world.recipient.chain[0]!];
  return [
    { name: "enrolment", mediaType: "application/json", content: Buffer.from('{"a":1}'), recipients },
    { name: "portrait", mediaType: "image/jpeg", content: Buffer.from("not really a portrait"), recipients },
    { name: "finger-right-index", mediaType: "image/png", content: new Uint8Array(0), recipients },
  ];
}

export const requestFor = (parts: readonly SealPart[], boothId = "booth-1"): SealRequest => ({
  boothId,
  place: { office: { id: "office-1", name: "Служба одного окна" } },
  time: {
    bootId: "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d",
    monotonicMs: 123456,
    chain: "5d0c6c43-0f0e-4a55-8c6e-1f6c1b2a3d4e",
    counter: 41,
    previous: "ef".repeat(32),
    heartbeat: null,
  },
  policyHash: "ab".repeat(32),
  sessionId: "cd".repeat(32),
  notAfter: new Date("2027-02-19T12:00:00Z"),
  parts,
});

/** Seals into memory. */
export async function sealBytes(
  request: SealRequest,
  signer: PrivateKeyHandle,
  seed = "seal",
  at = sealedAt,
): Promise<SealedPackage & { bytes: Buffer; sha256: string }> {
  const chunks: Uint8Array[] = [];
  const tools = { signer, clock: clockAt(at), random: seededRandom(seed) };
  const sealed = await sealPackage(request, tools, (chunk) => void chunks.push(Uint8Array.from(chunk)));
  const bytes = Buffer.concat(chunks);
  return { ...sealed, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Packs any manifest around any ciphertexts, signed; what a booth that was taken over could send. */
export async function packSigned(
  manifest: Manifest,
  signer: PrivateKeyHandle,
  parts: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<Buffer> {
  const manifestBytes = Buffer.from(canonicalize(manifest) as string);
  const signing = [handleSigner(signer, new Date(manifest.createdAt))];
  const signature = await signData(manifestBytes, signing, { detached: true, certificates: signer.chain });
  return Buffer.concat([
    tarEntry("manifest.json", manifestBytes),
    tarEntry("manifest.p7s", signature),
    ...parts.map((part) => tarEntry(`parts/${part.name}.p7m`, part.bytes)),
    tarEnd,
  ]);
}

/** One archive entry: header, content, padding. */
export const tarEntry = (name: string, content: Uint8Array): Buffer =>
  Buffer.concat([encodeTarHeader({ name, size: content.length }), content, tarPadding(content.length)]);

/** The entries of a package as whole byte ranges, headers and padding included. */
export function tarEntries(of: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; of[at] !== 0; ) {
    const size = Number.parseInt(of.toString("latin1", at + 124, at + 135), 8);
    const length = 512 + Math.ceil(size / 512) * 512;
    found.push(of.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** The content of an entry as `tarEntries` gives it. */
export const contentOf = (entry: Buffer): Buffer =>
  entry.subarray(512, 512 + Number.parseInt(entry.toString("latin1", 124, 135), 8));
