/** What a reading may cost, whatever the chip says. */
export const readLimits = {
  /** Bytes of one file. DG2 is usually 15 to 40 kB; a chip with more than 4 MiB does not exist. */
  fileBytes: 4 * 1024 * 1024,
  /** APDUs for one file beyond those that its length explains at `smallestBlock` bytes each. */
  spareApdus: 16,
  /** A chip that gives fewer bytes at a time than this is not a passport. */
  smallestBlock: 32,
} as const;

/** Bytes to ask for in one READ BINARY, from the best to the most careful; a chip that refuses one is asked for the next. */
export const blockSteps = ["extended", "short", "cautious"] as const;
export type BlockStep = (typeof blockSteps)[number];

/** Extended length: as much as there is. */
export const extendedBlock = 65_536;
/** Bytes that secure messaging puts around the data of an extended response, at most. */
export const messagingOverhead = 40;
/** What a chip that refuses everything else is asked for. */
export const cautiousBlock = 128;
