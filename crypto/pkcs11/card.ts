/** A member of staff's card or token: its certificates, its PIN, signatures with its keys (PIV, PKCS#15 through OpenSC; any vendor's). */
import { createHash } from "node:crypto";
import { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import type { SignatureScheme, Signer } from "../certificate/signature.ts";
import { encode, nullValue, objectIdentifier, octetString, sequence, unsignedInteger } from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { tokenFailure } from "./failure.ts";
import type { Pkcs11Module, TokenInfo, TokenSlot } from "./module.ts";
import { ecPublicKey, findObjects, type Token } from "./token.ts";

export interface CardCertificate {
  /** CKA_ID in hex: names the certificate and its key. */
  readonly id: string;
  readonly label: string;
  readonly certificate: Certificate;
}

export interface Card extends TokenInfo {
  readonly certificates: readonly CardCertificate[];
}

const contextLogin = 2; // CKU_CONTEXT_SPECIFIC: keys that want the PIN for every signature (PIV 9C)
const longestSignature = 1024; // bytes

/** Every card in a reader, with the certificates that it shows without a PIN. Throws `token/*`. */
export function listCards(module: Pkcs11Module): readonly Card[] {
  return module.tokens().map((slot) => ({ ...withoutSlot(slot), certificates: publicCertificates(module, slot) }));
}

function publicCertificates(module: Pkcs11Module, { slot, label }: TokenSlot): readonly CardCertificate[] {
  const { api, calls } = module;
  try {
    const session = calls.C_OpenSession(slot, api.CKF_SERIAL_SESSION);
    try {
      return readCertificates(module, session);
    } finally {
      calls.C_CloseSession(session);
    }
  } catch (error) {
    throw tokenFailure(error, label);
  }
}

function readCertificates(module: Pkcs11Module, session: Buffer): readonly CardCertificate[] {
  const { api, calls } = module;
  const objects = findObjects(module, session, [{ type: api.CKA_CLASS, value: api.CKO_CERTIFICATE }]);
  const found = objects.flatMap((object) => {
    const [id, label, value] = calls.C_GetAttributeValue(session, object, [
      { type: api.CKA_ID },
      { type: api.CKA_LABEL },
      { type: api.CKA_VALUE },
    ]);
    try {
      const certificate = new Certificate(Uint8Array.from(value!.value as Buffer), { encoding: "ber" });
      const [name, key] = [label!.value as Buffer, id!.value as Buffer];
      return [{ id: key.toString("hex"), label: name.toString("utf8"), certificate }];
    } catch {
      return []; // an attribute certificate, or one that nobody can read
    }
  });
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Checks the PIN and returns what the card shows to who knows it. Throws `token/pin-wrong`, `token/pin-locked` and others. */
export function openCard(token: Token): Promise<Card> {
  return token.use(async (session, slot) => ({
    ...withoutSlot(slot),
    certificates: readCertificates(token.module, session),
  }));
}

/**
 * A signer over the key of one of the card's certificates: ECDSA or RSA PKCS#1 v1.5, SHA-256 (SHA-384 on P-384). The key that may make
 * signatures when `id` is left out. Throws `token/key-missing`.
 */
export async function cardSigner(
  token: Token,
  id?: string,
  pin?: () => Promise<Uint8Array>,
): Promise<Signer & { readonly certificate: Certificate }> {
  const { certificates, label } = await openCard(token);
  const fits = certificates.filter(
    ({ certificate }) => !certificate.isAuthority && certificate.mayUse("digitalSignature") !== false,
  );
  const chosen = id === undefined ? fits[0] : certificates.find((one) => one.id === id);
  if (!chosen) throw new KabinaError("token/key-missing", { token: label, key: id ?? "for signatures" });
  const { certificate } = chosen;
  const rsa = certificate.publicKey.asymmetricKeyType === "rsa";
  const digest = certificate.publicKey.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "sha384" : "sha256";
  const scheme: SignatureScheme = { kind: rsa ? "rsa" : "ecdsa", digest };
  return { certificate, scheme, sign: (data) => sign(token, chosen.id, scheme, data, pin) };
}

/**
 * A signer over a key of the card that may have no certificate yet (P-256, P-384), with its public half, from the public object that the card keeps beside it. The first
 * such key when `id` is left out. Throws `token/key-missing`.
 */
export async function cardKey(
  token: Token,
  id?: string,
  pin?: () => Promise<Uint8Array>,
): Promise<Signer & { readonly id: string; readonly publicKeyInfo: Uint8Array }> {
  const found = await token.use(async (session, { label }) => {
    const { api, calls } = token.module;
    const [object] = findObjects(token.module, session, [
      { type: api.CKA_CLASS, value: api.CKO_PUBLIC_KEY },
      { type: api.CKA_KEY_TYPE, value: api.CKK_EC },
      ...(id === undefined ? [] : [{ type: api.CKA_ID, value: Buffer.from(id, "hex") }]),
    ]);
    if (!object) throw new KabinaError("token/key-missing", { token: label, key: id ?? "on a curve" });
    const [name, parameters, point] = calls.C_GetAttributeValue(session, object, [
      { type: api.CKA_ID },
      { type: api.CKA_EC_PARAMS },
      { type: api.CKA_EC_POINT },
    ]);
    const key = ecPublicKey(parameters!.value as Buffer, point!.value as Buffer);
    return { id: (name!.value as Buffer).toString("hex"), key };
  });
  const digest = found.key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "sha384" : "sha256";
  const scheme: SignatureScheme = { kind: "ecdsa", digest };
  const publicKeyInfo = new Uint8Array(found.key.export({ format: "der", type: "spki" }));
  return { id: found.id, publicKeyInfo, scheme, sign: (data) => sign(token, found.id, scheme, data, pin) };
}

function sign(
  token: Token,
  id: string,
  { kind, digest }: SignatureScheme,
  data: Uint8Array,
  pin: (() => Promise<Uint8Array>) | undefined,
): Promise<Uint8Array> {
  return token.use(async (session, { slot, label }) => {
    const { api, calls } = token.module;
    const [key] = findObjects(token.module, session, [
      { type: api.CKA_CLASS, value: api.CKO_PRIVATE_KEY },
      { type: api.CKA_ID, value: Buffer.from(id, "hex") },
    ]);
    if (!key) throw new KabinaError("token/key-missing", { token: label, key: id });
    const rsa = kind === "rsa";
    const hash = createHash(digest).update(data).digest();
    // Some modules hash themselves and nothing else.
    const whole = digest === "sha384" ? api.CKM_ECDSA_SHA384 : api.CKM_ECDSA_SHA256;
    const ways = rsa
      ? [
          { mechanism: api.CKM_RSA_PKCS, input: digestInfo(hash) },
          { mechanism: api.CKM_SHA256_RSA_PKCS, input: Buffer.from(data) },
        ]
      : [
          { mechanism: api.CKM_ECDSA, input: hash },
          { mechanism: whole, input: Buffer.from(data) },
        ];
    const known = calls.C_GetMechanismList(slot);
    const way = ways.find(({ mechanism }) => known.includes(mechanism));
    if (!way) throw new KabinaError("token/unsupported", { token: label, answer: `no ${kind} with ${digest}` });
    calls.C_SignInit(session, { mechanism: way.mechanism }, key);
    if (asksEachTime(token.module, session, key) && pin) {
      const typed = await pin();
      try {
        calls.C_Login(session, contextLogin, Buffer.from(typed).toString("utf8"));
      } finally {
        typed.fill(0);
      }
    }
    const made = await calls.C_SignAsync(session, way.input, Buffer.alloc(longestSignature));
    if (rsa) return Uint8Array.from(made);
    const half = made.length / 2;
    return encode(sequence(unsignedInteger(made.subarray(0, half)), unsignedInteger(made.subarray(half))));
  });
}

function asksEachTime({ api, calls }: Pkcs11Module, session: Buffer, key: Buffer): boolean {
  try {
    const [attribute] = calls.C_GetAttributeValue(session, key, [{ type: api.CKA_ALWAYS_AUTHENTICATE }]);
    return (attribute!.value as Buffer)[0] === 1;
  } catch {
    return false; // the module does not know the attribute
  }
}

/** RFC 8017 §9.2: what PKCS#1 v1.5 pads. */
const digestInfo = (digest: Buffer): Buffer =>
  Buffer.from(encode(sequence(sequence(objectIdentifier(oids.sha256), nullValue()), octetString(digest))));

function withoutSlot({ slot: _slot, ...info }: TokenSlot): TokenInfo {
  return info;
}
