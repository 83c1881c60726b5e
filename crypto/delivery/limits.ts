/** Limits of the delivery of packages that booth and server must agree on. */
export const DELIVERY_LIMITS = {
  /** Bytes of one package. */
  packageBytes: 64 << 20,
  /** Bytes of a package's head: the archive up to the end of its second entry (manifest and its signature). */
  headBytes: 512 << 10,
  /** Bytes of a block of the body that has a checksum of its own: a power of two between these. */
  smallestBlockBytes: 4 << 10,
  largestBlockBytes: 1 << 20,
  /** What a booth of ours uses: on a 64 kbit/s link a block takes two seconds, and its checksum adds 0.2 %. */
  blockBytes: 16 << 10,
} as const;
