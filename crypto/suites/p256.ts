/** The default: ECDSA with SHA-256 and ECDH on P-256. */
import type { Suite } from "./kind.ts";

export const p256 = {
  id: "p256-sha256-aes256gcm/1",
  signs: "P-256",
  receives: "P-256",
  kinds: [],
  secrecy: 1,
} as const satisfies Suite;
