/** Where the passphrase and the PIN of a booth's keys come from. */
import { join } from "node:path";
import { placeSecrets } from "../crypto/keys/place-secrets.ts";

/** @param folder `<data>/booth` */
export function boothSecrets(
  folder: string,
  given: { readonly passphraseFile?: string; readonly pinFd?: number },
): ReturnType<typeof placeSecrets> {
  const places = {
    ...{ passphraseFile: given.passphraseFile, pinFd: given.pinFd },
    credentialsDirectory: process.env.CREDENTIALS_DIRECTORY,
  };
  return placeSecrets(places, "booth-passphrase", join(folder, "passphrase"));
}
