/** Limits of the delivery of packages that booth and server must agree on. */
import { packageLimits } from "../package/limits.ts";

export const DELIVERY_LIMITS = {
  /** Bytes of one package. */
  packageBytes: packageLimits.packageBytes,
  /** Bytes of a package's head: the archive up to the end of its second entry (manifest and its signature). */
  headBytes: 512 << 10,
  /** Bytes of a block of the body that has a checksum of its own: a power of two between these. */
  smallestBlockBytes: 4 << 10,
  largestBlockBytes: 1 << 20,
  /** What a booth of ours uses: its checksums add 0.05 %, and what is sent again where one is wrong is at most this. */
  blockBytes: 64 << 10,
} as const;
