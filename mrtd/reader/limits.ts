/** What a reading may cost, whatever the chip says. */
export const readLimits = {
  /** Bytes of one file. DG2 is usually 15 to 40 kB; a chip with more than 4 MiB does not exist. */
  fileBytes: 4 * 1024 * 1024,
  /** APDUs for one file beyond those that its length explains at `smallestBlock` bytes each. */
  spareApdus: 16,
  /** A chip that gives fewer bytes at a time than this is not a passport. */
  smallestBlock: 32,
} as const;

/** Bytes to ask for in one READ BINARY. */
export const blockSize = {
  /** Extended length: as much as there is. */
  extended: 65_536,
  /** Under secure messaging in a short APDU, the most that fits into 256 bytes of response: triple DES, AES. */
  shortTdes: 231,
  shortAes: 223,
  /** What a chip that refuses those is asked for. */
  cautious: 128,
} as const;
