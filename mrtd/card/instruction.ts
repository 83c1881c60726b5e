/** Instruction bytes of ISO/IEC 7816-4 that a passport knows. */
export const instruction = {
  externalAuthenticate: 0x82,
  getChallenge: 0x84,
  generalAuthenticate: 0x86,
  internalAuthenticate: 0x88,
  manageSecurityEnvironment: 0x22,
  performSecurityOperation: 0x2a,
  select: 0xa4,
  readBinary: 0xb0,
  readBinaryOdd: 0xb1,
} as const;
