/** What would be lost: a capture that was changed, mixed up or read by the wrong hands, and nobody noticed. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { openPackage } from "../../../crypto/package/open.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "../../../crypto/package/tar.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import { makeWorld, requestFor, sealBytes, smallParts, type World } from "./fixture.ts";

let world: World;
let bytes: Buffer;

beforeAll(async () => {
  world = await makeWorld("package test");
  ({ bytes } = await sealBytes(requestFor(smallParts(world)), world.booth));
});

const verify = (of: Uint8Array, options = world.options) => verifyPackage([of], options);
const entry = (name: string, content: Uint8Array) =>
  Buffer.concat([encodeTarHeader({ name, size: content.length }), content, tarPadding(content.length)]);

/** The entries of a package as whole byte ranges, headers and padding included. */
function entries(of: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; of[at] !== 0; ) {
    const size = Number.parseInt(of.toString("latin1", at + 124, at + 135), 8);
    const length = 512 + Math.ceil(size / 512) * 512;
    found.push(of.subarray(at, at + length));
    at += length;
  }
  return found;
}

describe("a sealed package", () => {
  it("verifies, and opens to what was sealed", async () => {
    const opened: Record<string, string> = {};
    const result = await openPackage([bytes], { ...world.options, recipients: [world.recipient] }, (part) => {
      opened[part.name] = Buffer.from(part.plaintext).toString();
    });
    expect(opened).toEqual({ enrolment: '{"a":1}', portrait: "not really a portrait", "finger-right-index": "" });
    expect(result.size).toBe(bytes.length);
    expect(result.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(result.manifest.booth.id).toBe("booth-1");
  });

  it("is the same bytes for the same request, clock, randomness and key, however its parts are given", async () => {
    const lazily = smallParts(world).map((part) => ({ ...part, content: async () => part.content as Uint8Array }));
    expect((await sealBytes(requestFor(lazily), world.booth)).bytes.equals(bytes)).toBe(true);
    expect((await sealBytes(requestFor(smallParts(world)), world.booth, "other")).bytes.equals(bytes)).toBe(false);
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
    const [manifest, signature, a, b, c] = entries(bytes) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const pack = (...of: readonly Buffer[]) => Buffer.concat([...of, tarEnd]);
    await refused(pack(manifest, signature, a, c), "package/part-missing");
    await refused(pack(manifest, signature, a, b), "package/part-missing");
    await refused(pack(manifest, signature, a, a, b, c), "package/part-doubled");
    await refused(pack(manifest, signature, a, b, c, c), "package/part-doubled");
    await refused(pack(manifest, signature, b, a, c), "package/part-reordered");
    await refused(pack(manifest, signature, a, b, c, entry("parts/extra.p7m", b)), "package/part-foreign");
    await refused(pack(signature, manifest, a, b, c), "package/manifest-missing");
    await refused(pack(manifest, a, b, c), "package/manifest-missing");
  });

  it("a part is of another package", async () => {
    const other = await sealBytes(requestFor(smallParts(world)), world.booth, "another package");
    const [manifest, signature, a, , c] = entries(bytes) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const foreign = entries(other.bytes)[3]!;
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
    await refused(bytes, "certificate/expired", { ...world.options, judgedAt: new Date("2036-01-01T00:00:00Z") });
    await refused(bytes, "certificate/not-yet-valid", { ...world.options, judgedAt: new Date("2023-11-21T12:00:00Z") });
    await refused(bytes, "certificate/revoked", { ...world.options, revoked: () => true });
    const request = requestFor(smallParts(world));
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
    const long = await sealBytes(late, world.booth, "long");
    await refused(long.bytes, "package/lifetime");
  });

  it("it is for someone else", async () => {
    const options = { ...world.options, recipients: [world.otherRecipient] };
    await expect(openPackage([bytes], options, () => {})).rejects.toMatchObject({ code: "package/recipient-wrong" });
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
