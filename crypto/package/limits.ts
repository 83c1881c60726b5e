/** Every limit of the sealed package, in one place. A reader refuses what exceeds them before it allocates anything. */
export const packageLimits = {
  /** The most that `manifest.json` may declare and hold, bytes. */
  manifestBytes: 256 * 1024,
  /** The most that `manifest.p7s` may declare and hold, bytes. */
  signatureBytes: 64 * 1024,
  /** The most that one encrypted part may declare and hold, bytes. */
  partBytes: 64 * 1024 * 1024,
  /** The most that the whole package may hold, bytes: for sealing, sending and taking in alike. */
  packageBytes: 64 * 1024 * 1024,
  parts: 128,
  recipientsPerPart: 16,
  /** The longest time between sealing and the last moment a server takes the package, days. */
  lifetimeDays: 180,
  /** How far a booth's clock may be ahead of the server's, minutes. */
  clockAheadMinutes: 24 * 60,
} as const;
