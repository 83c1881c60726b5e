/** An officer's own key, with which policy is signed and TLS is spoken where no passkey is used: a folder (`passphrase`, `keys/`) or a card. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ensureKey } from "../../crypto/authority/authority.ts";
import { passphraseFile } from "../../crypto/authority/provision.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { keyIdOf } from "../../crypto/keys/file-key.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { ensurePassphrase, readPassphrase } from "../../crypto/keys/passphrase.ts";
import { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import type { CertificateOffice } from "../pki/office.ts";
import type { Pki } from "../pki/pki.ts";

/** What signs policy for an officer. */
export interface Officer extends Pick<PrivateKeyHandle, "keyId" | "publicKey" | "sign" | "chain"> {
  close(): Promise<void>;
}

export interface CardPlace {
  /** The PKCS#11 module. */
  readonly module: string;
  readonly pinFd?: number | undefined;
}

const CARD = "card:";

/**
 * An officer's key: a key folder, or `card:LABEL` for a card or token whose PIN comes from a descriptor, a credential or a prompt.
 * Throws `key/…`, `token/…`.
 */
export async function openOfficer(place: string, card: CardPlace, random: RandomBytes): Promise<Officer> {
  if (!place.startsWith(CARD)) {
    const key = await openOfficerKey(resolve(place), random);
    const { keyId, publicKey, chain } = key;
    return { keyId, publicKey, chain, sign: (data) => key.sign(data), close: async () => {} };
  }
  // The addon is loaded for whoever has a card alone.
  const [{ cardSigner }, { Pkcs11Module }, { Token }] = await Promise.all([
    import("../../crypto/pkcs11/card.ts"),
    import("../../crypto/pkcs11/module.ts"),
    import("../../crypto/pkcs11/token.ts"),
  ]);
  const places = { pinFd: card.pinFd, credentialsDirectory: process.env.CREDENTIALS_DIRECTORY };
  const { pin } = placeSecrets(places, "kabina-passphrase");
  const token = new Token(Pkcs11Module.load(card.module), { label: place.slice(CARD.length) }, pin!);
  try {
    const signer = await cardSigner(token, undefined, () => pin!(token.info()));
    const { certificate } = signer;
    return {
      keyId: certificate.keyId,
      publicKey: certificate.publicKey,
      chain: [certificate],
      sign: async (data) => signer.sign(data),
      close: () => token.close(),
    };
  } catch (error) {
    await token.close();
    throw error;
  }
}

/** Throws `key/…`. */
export async function openOfficerKey(folder: string, random: RandomBytes): Promise<PrivateKeyHandle> {
  const store = await FileKeyStore.open(join(folder, "keys"), await readPassphrase(passphraseFile(folder)), random);
  return store.load("operator");
}

/**
 * Certifies the key on a person's card, whose public half the card's own tool has given (SubjectPublicKeyInfo, DER or PEM); the certificate is
 * written to the card again. That the card holds the other half shows at its first use. Throws `person/card-key`.
 */
export async function certifyCard(
  file: Uint8Array,
  person: string,
  office: CertificateOffice,
  by: string,
  at: string,
): Promise<Certificate> {
  const key = publicKeyOf(file);
  const publicKeyInfo = new Uint8Array(key.export({ format: "der", type: "spki" }));
  const [leaf] = await office.authority.issue("operator", { publicKeyInfo, keyId: keyIdOf(key) }, person);
  recordCertificate(leaf!, person, office, by, at);
  return leaf!;
}

/** Curves that policy is signed on; a card that has only RSA signs documents, not policy. */
const CURVES: readonly (string | undefined)[] = ["prime256v1", "secp384r1"];

function publicKeyOf(file: Uint8Array): KeyObject {
  const text = Buffer.from(file);
  const pem = text.toString("latin1").includes("-----BEGIN");
  try {
    const key = pem ? createPublicKey(text) : createPublicKey({ key: text, format: "der", type: "spki" });
    if (key.asymmetricKeyType === "ec" && CURVES.includes(key.asymmetricKeyDetails?.namedCurve)) return key;
  } catch (cause) {
    throw new KabinaError("person/card-key", {}, { cause });
  }
  throw new KabinaError("person/card-key");
}

function recordCertificate(leaf: Certificate, person: string, office: CertificateOffice, by: string, at: string): void {
  office.register.change(() => {
    office.register.addCertificate(leaf, "staff");
    const data = { name: person, keyId: leaf.keyId, sha256: leaf.sha256, notAfter: leaf.notAfter.toISOString() };
    office.register.addEvent({ at, by, kind: "certificate.issued", subject: leaf.serialHex, data });
  });
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
  recordCertificate(chain[0]!, person, office, by, at);
  return store.certify("operator", chain);
}

/**
 * Takes back every certificate of a person but that of the key that followed. One whose key still signs policy stays until a root without it
 * stands. Throws `person/signs-policy`. Returns what was taken back.
 */
export async function takeBackOthers(
  person: string,
  kept: Pick<PrivateKeyHandle, "keyId">,
  { office, updates }: Pick<Pki, "office" | "updates">,
  by: string,
): Promise<string[]> {
  const others = office.holding(person, "staff").filter(({ keyId }) => keyId !== kept.keyId);
  const { repository } = updates;
  const signers = (await repository.begun()) ? (await repository.officers()).keyIds : [];
  if (others.some(({ keyId }) => signers.includes(keyId))) throw new KabinaError("person/signs-policy", { person });
  return office.revoke(
    others.map(({ serial }) => serial),
    by,
    "superseded",
  );
}
