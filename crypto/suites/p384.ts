/** ECDSA with SHA-384 and ECDH on P-384. */
import type { Suite } from "./kind.ts";

export const p384 = {
  id: "p384-sha384-aes256gcm/1",
  signs: "P-384",
  receives: "P-384",
  kinds: [],
  secrecy: 2,
} as const satisfies Suite;
