/** An officer's own key, with which policy is signed and TLS is spoken where no passkey is used: a folder (`passphrase`, `keys/`) or a card. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ensureKey } from "../../crypto/authority/authority.ts";
import { passphraseFile } from "../../crypto/authority/provision.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { type CertificationRequest, readRequest } from "../../crypto/certificate/request.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { ensurePassphrase, readPassphrase } from "../../crypto/keys/passphrase.ts";
import { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { algorithmOf, type KeyAlgorithm } from "../../crypto/suites/registry.ts";
import { PKI_LIMITS } from "../pki/limits.ts";
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

/** What a card's key has asked for, checked: it is held by whoever signed the request (PKCS#10), of a kind that signs policy, new here, and for that person. */
export interface CardRequest extends CertificationRequest {
  readonly person: string;
}

/** Reads a request (PEM or DER). Throws `request/…`, `person/card-key`, `person/request-name`, `person/unknown`. */
export async function readCardRequest(
  file: Uint8Array,
  person: string,
  { register }: CertificateOffice,
): Promise<CardRequest> {
  const request = await readRequest(requestOf(file));
  if (!CURVES.includes(algorithmOf(request.publicKeyInfo))) throw new KabinaError("person/card-key");
  if (request.commonName !== person)
    throw new KabinaError("person/request-name", { asked: (request.commonName ?? "").slice(0, 64), person });
  if (register.person(person)?.state !== "active") throw new KabinaError("person/unknown", { person });
  if (register.certificatesOfKey(request.keyId).length > 0)
    throw new KabinaError("request/key-known", { name: person });
  return { ...request, person };
}

/** `compared`: what the officer typed. Typed, not pressed: what is shown is agreed with (docs/decisions.md 16). Throws `person/fingerprint-differs`. */
export function expectCompared(keyId: string, compared: string): void {
  const digits = compared.toLowerCase().replace(/[^0-9a-f]/g, "");
  if (digits.length < PKI_LIMITS.comparedDigits || !keyId.startsWith(digits))
    throw new KabinaError("person/fingerprint-differs", { digits: PKI_LIMITS.comparedDigits });
}

/** Certifies the key that a card's holder has asked for; the certificate is written to the card again. */
export async function certifyCard(
  request: CardRequest,
  office: CertificateOffice,
  by: string,
  at: string,
): Promise<Certificate> {
  const [leaf] = await office.authority.issue("operator", request, request.person);
  recordCertificate(leaf!, request.person, office, by, at);
  return leaf!;
}

/** Curves that policy is signed on; a card that has only RSA signs documents, not policy. */
const CURVES: readonly (KeyAlgorithm | undefined)[] = ["P-256", "P-384"];

/** DER of a request that is DER or PEM. */
function requestOf(file: Uint8Array): Uint8Array {
  const text = Buffer.from(file).toString("latin1");
  const pem = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END/.exec(text);
  return pem ? Buffer.from(pem[1]!, "base64") : file;
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
