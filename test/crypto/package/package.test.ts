/** What would be lost: a capture that was changed, mixed up or read by the wrong hands, and nobody noticed. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { DELIVERY_LIMITS } from "../../../crypto/delivery/limits.ts";
import { packageLimits } from "../../../crypto/package/limits.ts";
import type { Manifest, ManifestPart } from "../../../crypto/package/manifest.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { sealPackage } from "../../../crypto/package/seal.ts";
import { encodeTarHeader, tarEnd } from "../../../crypto/package/tar.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import { seededRandom } from "../deterministic-key.ts";
import {
  clockAt,
  contentOf,
  makeWorld,
  packSigned,
  requestFor,
  sealBytes,
  sealedAt,
  smallParts,
  tarEntries,
  tarEntry,
  type World,
} from "./fixture.ts";

let world: World;
let bytes: Buffer;

beforeAll(async () => {
  world = await makeWorld("package test");
  ({ bytes } = await sealBytes(requestFor(smallParts(world)), world.booth));
});

const verify = (of: Uint8Array, options = world.options) => verifyPackage([of], options);

describe("a sealed package", () => {
  it("verifies, and opens to what was sealed", async () => {
    const opened: Record<string, string> = {};
    const result = await openPackage([bytes], { ...world.options, recipients: [world.recipient] }, (part) => {
      opened[part.name] = Buffer.from(part.plaintext).toString();
    });
    expect(opened).toEqual({ enrolment: '{"a":1}', portrait: "not really a portrait", "finger-right-index": "" });
    expect(result.size).toBe(bytes.length);
    expect((await verify(bytes)).sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(result.manifest.booth.id).toBe("booth-1");
  });

  it("is the same bytes for the same request, clock, randomness and key, however its parts are given", async () => {
    const lazily = smallParts(world).map((part) => ({ ...part, content: async () => part.content as Uint8Array }));
    expect((await sealBytes(requestFor(lazily), world.booth)).bytes.equals(bytes)).toBe(true);
    expect((await sealBytes(requestFor(smallParts(world)), world.booth, "other")).bytes.equals(bytes)).toBe(false);
  });

  it("larger than any server takes is refused before a byte of it is written", async () => {
    const [part] = smallParts(world);
    const half = new Uint8Array(packageLimits.packageBytes / 2);
    const parts = ["portrait-burst-1", "portrait-burst-2"].map((name) => ({ ...part!, name, content: half }));
    const written: Uint8Array[] = [];
    const tools = { signer: world.booth, clock: clockAt(sealedAt), random: seededRandom("large") };
    const sealing = sealPackage(requestFor(parts), tools, (chunk) => void written.push(chunk));
    await expect(sealing).rejects.toMatchObject({ code: "package/too-large" });
    expect(written).toEqual([]);
    // What the parts leave room for, the head does not; what sealing allows, the delivery does.
    expect(DELIVERY_LIMITS.packageBytes).toBe(packageLimits.packageBytes);
    const almost = new Uint8Array(packageLimits.packageBytes / 2 - 600);
    const tight = parts.map((each) => ({ ...each, content: almost }));
    await expect(sealPackage(requestFor(tight), tools, () => {})).rejects.toMatchObject({ code: "package/too-large" });
  });

  it("is read the same in chunks of any size", async () => {
    async function* drip() {
      for (let at = 0; at < bytes.length; at += 13) yield bytes.subarray(at, at + 13);
    }
    expect((await verifyPackage(drip(), world.options)).sha256).toBe((await verify(bytes)).sha256);
  });
});

describe("a package is refused, each time with its own code", () => {
  const refused = (of: Uint8Array, code: string, options = world.options) =>
    expect(verify(of, options)).rejects.toMatchObject({ code });

  it("a part is missing, doubled, reordered or foreign", async () => {
    const [manifest, signature, a, b, c] = tarEntries(bytes) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const pack = (...of: readonly Buffer[]) => Buffer.concat([...of, tarEnd]);
    await refused(pack(manifest, signature, a, c), "package/part-missing");
    await refused(pack(manifest, signature, a, b), "package/part-missing");
    await refused(pack(manifest, signature, a, a, b, c), "package/part-doubled");
    await refused(pack(manifest, signature, a, b, c, c), "package/part-doubled");
    await refused(pack(manifest, signature, b, a, c), "package/part-reordered");
    await refused(pack(manifest, signature, a, b, c, tarEntry("parts/extra.p7m", b)), "package/part-foreign");
    await refused(pack(signature, manifest, a, b, c), "package/manifest-missing");
    await refused(pack(manifest, a, b, c), "package/manifest-missing");
  });

  it("a part is of another package", async () => {
    const other = await sealBytes(requestFor(smallParts(world)), world.booth, "another package");
    const [manifest, signature, a, , c] = tarEntries(bytes) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const foreign = tarEntries(other.bytes)[3]!;
    await refused(Buffer.concat([manifest, signature, a, foreign, c, tarEnd]), "package/part-changed");
  });

  it("it is cut off or goes on", async () => {
    await refused(bytes.subarray(0, -1), "package/truncated");
    await refused(new Uint8Array(0), "package/truncated");
    await refused(Buffer.concat([bytes, Buffer.alloc(1)]), "package/trailing-bytes");
    await refused(Buffer.concat([bytes, bytes]), "package/trailing-bytes");
  });

  it("its signer is unknown, expired, not yet valid, revoked, or another booth", async () => {
    const stranger = await makeWorld("stranger");
    await refused(bytes, "certificate/issuer-unknown", { ...world.options, anchors: stranger.anchors });
    const request = requestFor(smallParts(world));
    for (const [at, code] of [
      ["2036-01-01T00:00:00Z", "certificate/expired"],
      ["2023-11-21T12:00:00Z", "certificate/not-yet-valid"],
    ] as const) {
      const notAfter = new Date(Date.parse(at) + 86_400_000);
      const then = await sealBytes({ ...request, notAfter }, world.booth, "then", new Date(at));
      await refused(then.bytes, code, { ...world.options, now: new Date(at) });
    }
    const since = new Date("2026-11-20T00:00:00Z");
    await refused(bytes, "certificate/revoked", { ...world.options, revokedSince: () => since });
    await expect(sealBytes(request, world.otherBooth)).rejects.toMatchObject({ code: "package/signer-unfit" });
  });

  it("it is expired, or the booth's clock is three years off", async () => {
    await refused(bytes, "package/expired", { ...world.options, now: new Date("2027-03-01T00:00:00Z") });
    const late = { ...requestFor(smallParts(world)), notAfter: new Date("2028-02-01T00:00:00Z") };
    const ahead = await sealBytes(
      { ...late, notAfter: new Date("2028-10-01T00:00:00Z") },
      world.booth,
      "ahead",
      new Date("2028-09-21T12:00:00Z"),
    );
    await refused(ahead.bytes, "package/clock-ahead");
    const behind = { ...late, notAfter: new Date("2024-01-01T00:00:00Z") };
    const old = await sealBytes(behind, world.booth, "behind", new Date("2023-11-21T12:00:00Z"));
    await refused(old.bytes, "certificate/not-yet-valid");
    await expect(sealBytes(late, world.booth)).rejects.toMatchObject({ code: "package/lifetime" });
    const { manifest } = await verify(bytes);
    const long = await packSigned({ ...manifest, notAfter: "2028-02-01T00:00:00Z" }, world.booth, []);
    await refused(long, "package/lifetime");
  });

  it("it is for someone else", async () => {
    const options = { ...world.options, recipients: [world.otherRecipient] };
    await expect(openPackage([bytes], options, () => {})).rejects.toMatchObject({ code: "package/recipient-wrong" });
  });

  it("it carries another package's part under a manifest of its own", async () => {
    const { manifest } = await verify(bytes);
    const parts = manifest.parts.map((part, index) => ({
      name: part.name,
      bytes: contentOf(tarEntries(bytes)[index + 2]!),
    }));
    const thief = { id: "booth-2", certificateSha256: world.otherBooth.chain[0]!.sha256 };
    const stolen = await packSigned({ ...manifest, booth: thief }, world.otherBooth, parts);
    await verify(stolen); // the signature alone does not show it
    const open = (of: Uint8Array) => openPackage([of], { ...world.options, recipients: [world.recipient] }, () => {});
    await expect(open(stolen)).rejects.toMatchObject({ code: "package/part-unbound" });
    const [enrolment, portrait, finger] = manifest.parts as [ManifestPart, ManifestPart, ManifestPart];
    const swapped = [{ ...portrait, name: enrolment.name, mediaType: enrolment.mediaType }, portrait, finger];
    const renamed = [{ name: enrolment.name, bytes: parts[1]!.bytes }, ...parts.slice(1)];
    await expect(open(await packSigned({ ...manifest, parts: swapped }, world.booth, renamed))).rejects.toMatchObject({
      code: "package/part-unbound",
    });
  });

  it("it is of a suite or a format that nobody knows, or names a part twice or by a path", async () => {
    const { manifest } = await verify(bytes);
    const as = (change: object) => packSigned({ ...manifest, ...change } as Manifest, world.booth, []);
    await refused(await as({ suite: "rot13/1" }), "package/suite-unknown");
    await refused(await as({ format: "kabina-package/3" }), "package/format-unknown");
    await refused(await as({ name: "Ivan" }), "package/manifest-malformed");
    await refused(await as({ parts: [manifest.parts[0], manifest.parts[0]] }), "package/part-doubled");
    await refused(await as({ parts: [{ ...manifest.parts[0], name: "../../etc/passwd" }] }), "package/part-name");
    await refused(await as({ parts: [{ ...manifest.parts[0], size: 10_000_000_000 }] }), "package/part-too-large");
    const many = Array.from({ length: 20 }, (_, n) => ({ ...manifest.parts[0], name: `p${n}`, size: 60_000_000 }));
    await refused(await as({ parts: many }), "package/too-large");
    await refused(await as({ booth: { ...manifest.booth, id: "booth-2" } }), "package/signer-foreign");
  });

  it("its manifest is not UTF-8, or not in its one form", async () => {
    const [head, signature] = tarEntries(bytes) as [Buffer, Buffer];
    const json = contentOf(head).toString();
    const spaced = Buffer.from(json.replace("{", "{ "));
    await refused(Buffer.concat([tarEntry("manifest.json", spaced), signature]), "package/manifest-malformed");
    const broken = Buffer.from(contentOf(head));
    broken[broken.indexOf("Служба")] = 0xff;
    await refused(Buffer.concat([tarEntry("manifest.json", broken), signature]), "package/manifest-malformed");
  });

  it("it says it is 10 GB, or names a path", async () => {
    const huge = encodeTarHeader({ name: "manifest.json", size: 0 });
    const gnu = Buffer.from(huge);
    gnu.fill(0, 124, 136);
    gnu[124] = 0x80;
    gnu.writeBigUInt64BE(10_000_000_000n, 128);
    await refused(gnu, "package/part-too-large");
    await refused(encodeTarHeader({ name: "manifest.json", size: 8_000_000_000 }), "package/part-too-large");
    await refused(encodeTarHeader({ name: "../../etc/passwd", size: 1 }), "package/part-name");
    const strange = Buffer.from(huge);
    strange[0] = 0xff;
    await refused(strange, "package/part-name");
  });
});
