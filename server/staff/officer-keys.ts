/** An officer's own key folder (`passphrase`, `keys/`), with which policy is signed and TLS is spoken where no passkey is used. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureKey } from "../../crypto/authority/authority.ts";
import { passphraseFile } from "../../crypto/authority/provision.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { ensurePassphrase, readPassphrase } from "../../crypto/keys/passphrase.ts";
import type { CertificateOffice } from "../pki/office.ts";

/** Throws `key/…`. */
export async function openOfficerKey(folder: string, random: RandomBytes): Promise<PrivateKeyHandle> {
  const store = await FileKeyStore.open(join(folder, "keys"), await readPassphrase(passphraseFile(folder)), random);
  return store.load("operator");
}

/** Makes a key for a person in a folder, certified by the authority for staff; the person's certificate is on the register. */
export async function makeOfficerKey(
  folder: string,
  person: string,
  office: CertificateOffice,
  by: string,
  random: RandomBytes,
  at: string,
): Promise<PrivateKeyHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const passphrase = await ensurePassphrase(passphraseFile(folder), random);
  const store = await FileKeyStore.openOrCreate(join(folder, "keys"), passphrase, random);
  const key = await ensureKey(store, "operator");
  if (key.chain.length > 0) return key;
  const chain = await office.authority.issue("operator", key, person);
  const [leaf] = chain;
  office.register.change(() => {
    office.register.addCertificate(leaf!, "staff");
    const data = { name: person, keyId: leaf!.keyId, sha256: leaf!.sha256, notAfter: leaf!.notAfter.toISOString() };
    office.register.addEvent({ at, by, kind: "certificate.issued", subject: leaf!.serialHex, data });
  });
  return store.certify("operator", chain);
}
