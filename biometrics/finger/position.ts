/** The ten fingers by name, with their code in ISO/IEC 19794-4 table 5. */

export const fingerPositions = {
  "right-thumb": 1,
  "right-index": 2,
  "right-middle": 3,
  "right-ring": 4,
  "right-little": 5,
  "left-thumb": 6,
  "left-index": 7,
  "left-middle": 8,
  "left-ring": 9,
  "left-little": 10,
} as const;

export type FingerPosition = keyof typeof fingerPositions;
