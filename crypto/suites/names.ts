/** Names of the suites, weakest first, for what must not load their cryptography (the policy's form in a browser). */
export const suiteIds = [
  "p256-sha256-aes256gcm/1",
  "gost2012-256-p256-aes256gcm/1",
  "p384-sha384-aes256gcm/1",
  "mldsa65p256-mlkem768p256-aes256gcm/1",
] as const;
export type SuiteId = (typeof suiteIds)[number];
