/** The secrets of a place's key folder, wherever its passphrase and its token's PIN come from. */
import type { KeySecrets } from "./open-store.ts";
import { terminalPrompt } from "./prompt.ts";
import { passphraseFrom, pinFrom } from "./secret-source.ts";

export interface SecretOptions {
  readonly passphraseFile?: string | undefined;
  readonly passphraseFd?: number | undefined;
  readonly pinFd?: number | undefined;
  readonly lastTry?: boolean | undefined;
  readonly credentialsDirectory?: string | undefined;
}

/**
 * `credential`: the name of the passphrase among systemd's credentials; the PIN's is `kabina-pin`. `fallback`: the passphrase file of a
 * demonstration, beside the folder.
 */
export function placeSecrets(options: SecretOptions, credential: string, fallback?: string): KeySecrets {
  const { credentialsDirectory } = options;
  const prompt = terminalPrompt();
  return {
    lastTry: options.lastTry ?? false,
    passphrase: () =>
      passphraseFrom(
        {
          file: options.passphraseFile,
          fd: options.passphraseFd,
          credentialsDirectory,
          credentials: [credential],
          fallback,
          prompt,
        },
        "the keys",
      ),
    pin: ({ label }) =>
      pinFrom({ fd: options.pinFd, credentialsDirectory, credentials: ["kabina-pin"], prompt }, label),
  };
}
