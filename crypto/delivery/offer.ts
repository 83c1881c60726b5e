/**
 * The offer of a package: what a booth sends before the body, so that the server can refuse it before the body, and check
 * the body as it arrives (docs/formats/upload.md). All numbers are big-endian.
 *
 * | at | bytes | what |
 * |---|---|---|
 * | 0 | 4 | `KOF2` |
 * | 4 | 4 | block size, a power of two |
 * | 8 | 8 | length of the package |
 * | 16 | 4 | length of the head |
 * | 20 | head | the package's own first bytes: manifest and signature; they are not sent again |
 * | … | 32 each | for each block in order, the SHA-256 of the package from its beginning to the block's end; the last is the package's own |
 */
import { createHash } from "node:crypto";
import { KabinaError } from "../errors/kabina-error.ts";
import { DELIVERY_LIMITS } from "./limits.ts";
import { OFFER_DICTIONARY } from "./offer-dictionary.ts";
import { deflateBeside, inflateBeside } from "./shared-certificates.ts";

const MAGIC = 0x4b_4f_46_32;
const FIXED_BYTES = 20;
const HASH_BYTES = 32;

export interface Offer {
  /** Bytes of a block. */
  readonly blockBytes: number;
  /** Bytes of the whole package. */
  readonly packageBytes: number;
  /** SHA-256 of the whole package, 32 bytes: the last of `blockHashes`. */
  readonly sha256: Buffer;
  /** The package's first bytes, through the end of `manifest.p7s`. */
  readonly head: Buffer;
  /** SHA-256 of the package up to the end of each block, 32 bytes each, one after the other. */
  readonly blockHashes: Buffer;
}

/** Bytes of the longest offer that `readOffer` accepts. */
export const LARGEST_OFFER_BYTES =
  FIXED_BYTES +
  DELIVERY_LIMITS.headBytes +
  HASH_BYTES * Math.ceil(DELIVERY_LIMITS.packageBytes / DELIVERY_LIMITS.smallestBlockBytes);

/** How many blocks a package of this length has. */
export function blockCount(packageBytes: number, blockBytes: number): number {
  return Math.ceil(packageBytes / blockBytes);
}

/** The expected SHA-256 of the package up to the end of block `index`. */
export function blockHash(offer: Pick<Offer, "blockHashes">, index: number): Buffer {
  return offer.blockHashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}

/** Makes the offer of a package from its bytes, read in order; `head` is its first part. */
export async function makeOffer(
  bytes: AsyncIterable<Uint8Array>,
  head: Buffer,
  blockBytes: number = DELIVERY_LIMITS.blockBytes,
): Promise<Offer> {
  const hash = createHash("sha256");
  const hashes: Buffer[] = [];
  let packageBytes = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + blockBytes - (packageBytes % blockBytes));
      hash.update(piece);
      at += piece.length;
      packageBytes += piece.length;
      if (packageBytes % blockBytes === 0) hashes.push(hash.copy().digest());
    }
  }
  const sha256 = hash.digest();
  if (packageBytes % blockBytes > 0) hashes.push(sha256);
  return { blockBytes, packageBytes, sha256, head, blockHashes: Buffer.concat(hashes) };
}

/** An offer as it goes over the wire. */
export function writeOffer(offer: Offer): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.writeUInt32BE(MAGIC, 0);
  fixed.writeUInt32BE(offer.blockBytes, 4);
  fixed.writeBigUInt64BE(BigInt(offer.packageBytes), 8);
  fixed.writeUInt32BE(offer.head.length, 16);
  return Buffer.concat([fixed, offer.head, offer.blockHashes]);
}

/**
 * An offer as booths send it (`Content-Encoding: deflate`): without what all offers have in common, nor the `certificates` (DER) that the server has of the
 * booth and its authority.
 */
export function deflateOffer(offer: Offer, certificates: readonly Uint8Array[] = []): Buffer {
  return deflateBeside(writeOffer(offer), OFFER_DICTIONARY, certificates);
}

/** Bytes before an offer that stands at the beginning of a body: its length, deflated. */
export const OFFER_LENGTH_BYTES = 4;

/** An offer as it begins a body (`x-kabina-offered`): deflated, its length before it. */
export function prefixedOffer(offer: Offer, certificates: readonly Uint8Array[] = []): Buffer {
  const deflated = deflateOffer(offer, certificates);
  const length = Buffer.alloc(OFFER_LENGTH_BYTES);
  length.writeUInt32BE(deflated.length);
  return Buffer.concat([length, deflated]);
}

/**
 * The offer's bytes from those, whether the certificates were left out or not; plain deflate is read too. Throws what zlib says, `ERR_BUFFER_TOO_LARGE` beyond the
 * longest offer.
 */
export const inflateOffer = (bytes: Buffer, certificates: readonly Uint8Array[] = []): Buffer =>
  inflateBeside(bytes, OFFER_DICTIONARY, [certificates, []], LARGEST_OFFER_BYTES);

/**
 * Reads an offer; every length is checked before it is used.
 * @throws KabinaError `delivery/offer-malformed`, `delivery/package-too-large`, `delivery/head-too-large`
 */
export function readOffer(bytes: Buffer): Offer {
  const malformed = (reason: string) => new KabinaError("delivery/offer-malformed", { reason });
  if (bytes.length < FIXED_BYTES) throw malformed("short");
  if (bytes.readUInt32BE(0) !== MAGIC) throw malformed("magic");
  const blockBytes = bytes.readUInt32BE(4);
  const { smallestBlockBytes, largestBlockBytes } = DELIVERY_LIMITS;
  if (blockBytes < smallestBlockBytes || blockBytes > largestBlockBytes || (blockBytes & (blockBytes - 1)) !== 0)
    throw malformed("block-size");
  const declared = bytes.readBigUInt64BE(8);
  if (declared > BigInt(DELIVERY_LIMITS.packageBytes)) {
    throw new KabinaError("delivery/package-too-large", { limitBytes: DELIVERY_LIMITS.packageBytes });
  }
  const packageBytes = Number(declared);
  const headBytes = bytes.readUInt32BE(16);
  if (headBytes > DELIVERY_LIMITS.headBytes) {
    throw new KabinaError("delivery/head-too-large", { limitBytes: DELIVERY_LIMITS.headBytes });
  }
  if (headBytes === 0 || headBytes > packageBytes) throw malformed("head-length");
  const hashesAt = FIXED_BYTES + headBytes;
  if (bytes.length !== hashesAt + HASH_BYTES * blockCount(packageBytes, blockBytes)) throw malformed("length");
  return {
    blockBytes,
    packageBytes,
    sha256: bytes.subarray(bytes.length - HASH_BYTES),
    head: bytes.subarray(FIXED_BYTES, hashesAt),
    blockHashes: bytes.subarray(hashesAt),
  };
}
