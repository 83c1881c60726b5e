/**
 * One token, logged in to: its keys sign, agree and are made in it and never leave it. Calls that take time run off the event loop, one at a
 * time. A token that was pulled out fails what is under way with `token/removed`; the next use looks for it anew and logs in again.
 */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { oids } from "../certificate/oids.ts";
import { readDer } from "../der/reader.ts";
import { bitString, encode, objectIdentifier, raw, sequence, unsignedInteger } from "../der/writer.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import { tokenFailure } from "./failure.ts";
import type { Pkcs11Module, TokenSlot } from "./module.ts";

/** Gives the PIN of a token, as UTF-8; wiped after use. Asked again after the token was away. */
export type PinSource = (token: { readonly label: string; readonly pin: TokenSlot["pin"] }) => Promise<Uint8Array>;

export interface TokenName {
  readonly label?: string | undefined;
  readonly serial?: string | undefined;
}

export interface TokenOptions {
  /** Use the PIN although one more wrong one would lock it: only when a person at the keyboard wants it. */
  readonly lastTry?: boolean;
}

/** Milliseconds that a token may take over one operation (a card makes an RSA signature in two seconds). */
const operationLimit = 30_000;
const mostObjects = 256;
/** Milliseconds after a failure in which a token that was pulled out shows as gone. */
const leavingMs = 1_500;
const lookAgainMs = 100;

interface OpenSession {
  readonly handle: Buffer;
  readonly slot: TokenSlot;
}

export class Token {
  readonly name: TokenName;
  readonly module: Pkcs11Module;
  readonly #pin: PinSource;
  readonly #options: TokenOptions;
  #session: OpenSession | undefined;
  #refused = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(module: Pkcs11Module, name: TokenName, pin: PinSource, options: TokenOptions = {}) {
    this.module = module;
    this.name = name;
    this.#pin = pin;
    this.#options = options;
  }

  /** What the token says of itself now. Throws `token/missing`. */
  info(): TokenSlot {
    return this.module.find(this.name);
  }

  /** Logs in, if that has not been done. Throws `token/pin-wrong`, `token/pin-locked`, `token/pin-final-try`, `token/missing`. */
  login(): Promise<void> {
    return this.#exclusively(async () => {});
  }

  /** A new key pair on a curve; `id` names it afterwards. The private key can neither be read nor taken out. */
  makeKey(curve: string, label: string): Promise<KeyObject> {
    return this.#exclusively(async ({ handle }) => {
      const { api, calls } = this.module;
      const id = Buffer.from(
        createHash("sha256").update(`${label} ${process.hrtime.bigint()} ${process.pid}`).digest(),
      );
      const common = [
        { type: api.CKA_TOKEN, value: true },
        { type: api.CKA_LABEL, value: label },
        { type: api.CKA_ID, value: id },
      ];
      const parameters = Buffer.from(encode(objectIdentifier(curve)));
      const pair = await calls.C_GenerateKeyPairAsync(
        handle,
        { mechanism: api.CKM_EC_KEY_PAIR_GEN },
        [...common, { type: api.CKA_VERIFY, value: true }, { type: api.CKA_EC_PARAMS, value: parameters }],
        [
          ...common,
          { type: api.CKA_PRIVATE, value: true },
          { type: api.CKA_SENSITIVE, value: true },
          { type: api.CKA_EXTRACTABLE, value: false },
          { type: api.CKA_SIGN, value: true },
          { type: api.CKA_DERIVE, value: true },
        ],
      );
      const key = this.#publicKey(handle, pair.publicKey);
      const keyId = Buffer.from(idOf(key), "hex");
      for (const object of [pair.publicKey, pair.privateKey])
        calls.C_SetAttributeValue(handle, object, [{ type: api.CKA_ID, value: keyId }]);
      return key;
    });
  }

  /** The public key of the key with this id (CKA_ID) and label. Throws `token/key-missing`. */
  publicKey(keyId: string, label: string): Promise<KeyObject> {
    return this.#exclusively(async ({ handle }) => this.#publicKey(handle, this.#find(handle, "public", keyId, label)));
  }

  /** ECDSA over a digest; DER. */
  async signDigest(keyId: string, label: string, digest: Uint8Array): Promise<Uint8Array> {
    const signature = await this.signPlain(keyId, label, digest);
    const half = signature.length / 2;
    return encode(sequence(unsignedInteger(signature.subarray(0, half)), unsignedInteger(signature.subarray(half))));
  }

  /** The same as r ‖ s, each as long as the curve's order. */
  signPlain(keyId: string, label: string, digest: Uint8Array): Promise<Uint8Array> {
    return this.#exclusively(async ({ handle }) => {
      const { api, calls } = this.module;
      calls.C_SignInit(handle, { mechanism: api.CKM_ECDSA }, this.#find(handle, "private", keyId, label));
      return Uint8Array.from(await inTime(calls.C_SignAsync(handle, Buffer.from(digest), Buffer.alloc(512))));
    });
  }

  /** The x-coordinate of the ECDH shared point with an uncompressed point on the key's curve. */
  agree(keyId: string, label: string, point: Uint8Array, size: number): Promise<Uint8Array> {
    return this.#exclusively(async ({ handle }) => {
      const { api, calls } = this.module;
      const base = this.#find(handle, "private", keyId, label);
      const parameter = { type: api.CK_PARAMS_EC_DH, kdf: 1, publicData: Buffer.from(point) }; // CKD_NULL
      const secret = await inTime(
        calls.C_DeriveKeyAsync(handle, { mechanism: api.CKM_ECDH1_DERIVE, parameter }, base, [
          { type: api.CKA_CLASS, value: api.CKO_SECRET_KEY },
          { type: api.CKA_KEY_TYPE, value: api.CKK_GENERIC_SECRET },
          { type: api.CKA_TOKEN, value: false },
          { type: api.CKA_SENSITIVE, value: false },
          { type: api.CKA_EXTRACTABLE, value: true },
          { type: api.CKA_VALUE_LEN, value: size },
        ]),
      );
      try {
        return Uint8Array.from(attributeBytes(calls.C_GetAttributeValue(handle, secret, [{ type: api.CKA_VALUE }])));
      } finally {
        calls.C_DestroyObject(handle, secret);
      }
    });
  }

  /** Destroys both halves of a key for good. */
  destroyKey(keyId: string, label: string): Promise<void> {
    return this.#exclusively(async ({ handle }) => {
      for (const half of ["private", "public"] as const)
        this.module.calls.C_DestroyObject(handle, this.#find(handle, half, keyId, label));
    });
  }

  /** Runs with an open session, alone on this token. */
  use<T>(work: (session: Buffer, slot: TokenSlot) => Promise<T>): Promise<T> {
    return this.#exclusively(({ handle, slot }) => work(handle, slot));
  }

  /** Logs out and lets go. */
  async close(): Promise<void> {
    await this.#queue.catch(() => {});
    this.#drop();
  }

  #exclusively<T>(work: (session: OpenSession) => Promise<T>): Promise<T> {
    const next = this.#queue.then(async () => {
      try {
        return await work(await this.#open());
      } catch (error) {
        const failure = await this.#failure(error);
        if (isCoded(failure) && (failure.code === "token/removed" || failure.code === "token/failed")) this.#drop();
        throw failure;
      }
    });
    this.#queue = next.catch(() => {});
    return next;
  }

  /** OpenSC answers CKR_GENERAL_ERROR when a card is pulled out while it signs: whether the token is still there tells the two apart. */
  async #failure(error: unknown): Promise<unknown> {
    const slot = this.#session?.slot;
    const failure = tokenFailure(error, slot?.label ?? this.name.label ?? this.name.serial ?? this.module.path);
    if (slot === undefined || !isCoded(failure) || failure.code !== "token/failed") return failure;
    // The reader notices within half a second.
    for (let waited = 0; waited < leavingMs; waited += lookAgainMs) {
      if (!this.module.isPresent(slot.slot)) return new KabinaError("token/removed", failure.details, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
    return failure;
  }

  async #open(): Promise<OpenSession> {
    if (this.#session) return this.#session;
    const slot = this.info();
    const token = slot.label;
    // A PIN that was wrong once is wrong again: trying on would lock the token.
    if (this.#refused) throw new KabinaError("token/pin-wrong", { token, answer: "not tried again" });
    if (slot.pin === "locked") throw new KabinaError("token/pin-locked", { token, answer: "locked" });
    if (slot.pin === "final-try" && !this.#options.lastTry) throw new KabinaError("token/pin-final-try", { token });
    const { api, calls } = this.module;
    const handle = calls.C_OpenSession(slot.slot, api.CKF_SERIAL_SESSION | api.CKF_RW_SESSION);
    try {
      await this.#login(handle, slot);
    } catch (error) {
      calls.C_CloseSession(handle);
      throw error;
    }
    this.#session = { handle, slot };
    return this.#session;
  }

  async #login(handle: Buffer, slot: TokenSlot): Promise<void> {
    const { api, calls } = this.module;
    const pin = slot.ownKeypad ? undefined : await this.#pin(slot);
    try {
      calls.C_Login(handle, api.CKU_USER, pin && Buffer.from(pin).toString("utf8"));
    } catch (error) {
      if ((error as { code?: unknown }).code === 256) return; // CKR_USER_ALREADY_LOGGED_IN, by another session of this process
      const failure = tokenFailure(error, slot.label);
      if (isCoded(failure) && failure.code === "token/pin-wrong") {
        this.#refused = true;
        throw this.#wrongPin(failure, slot);
      }
      throw failure;
    } finally {
      pin?.fill(0);
    }
  }

  /** Some cards answer "wrong" when the PIN is locked, or has just been, and say so only when they are asked. */
  #wrongPin(failure: KabinaError, { slot, label }: TokenSlot): KabinaError {
    const pin = this.module.tokens().find((token) => token.slot.equals(slot))?.pin ?? "unset";
    if (pin === "locked")
      return new KabinaError("token/pin-locked", { token: label, answer: "locked" }, { cause: failure });
    if (pin !== "final-try") return failure;
    return new KabinaError("token/pin-wrong-final-try", { token: label }, { cause: failure });
  }

  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    try {
      this.module.calls.C_CloseSession(session.handle);
    } catch {} // it is gone already
  }

  #find(handle: Buffer, half: "private" | "public", keyId: string, label: string): Buffer {
    const { api, calls } = this.module;
    const found = findObjects(this.module, handle, [
      { type: api.CKA_CLASS, value: half === "private" ? api.CKO_PRIVATE_KEY : api.CKO_PUBLIC_KEY },
      { type: api.CKA_ID, value: Buffer.from(keyId, "hex") },
    ]);
    // The label says what the key is for: a key of one purpose does not serve another.
    const named = found.filter(
      (object) =>
        attributeBytes(calls.C_GetAttributeValue(handle, object, [{ type: api.CKA_LABEL }])).toString("utf8") === label,
    );
    if (!named[0]) throw new KabinaError("token/key-missing", { token: this.name.label ?? "", key: label });
    return named[0];
  }

  #publicKey(handle: Buffer, object: Buffer): KeyObject {
    const { api, calls } = this.module;
    const [parameters, point] = calls.C_GetAttributeValue(handle, object, [
      { type: api.CKA_EC_PARAMS },
      { type: api.CKA_EC_POINT },
    ]);
    return ecPublicKey(parameters!.value as Buffer, point!.value as Buffer);
  }
}

/** Objects that a template fits, at most so many. */
export function findObjects(
  module: Pkcs11Module,
  session: Buffer,
  template: { type: number; value: never | unknown }[],
): Buffer[] {
  const { calls } = module;
  calls.C_FindObjectsInit(session, template as never);
  try {
    const found: Buffer[] = [];
    for (
      let next = calls.C_FindObjects(session);
      next && found.length < mostObjects;
      next = calls.C_FindObjects(session)
    )
      found.push(next);
    return found;
  } finally {
    calls.C_FindObjectsFinal(session);
  }
}

/** A public key from CKA_EC_PARAMS and CKA_EC_POINT (an OCTET STRING around the point; some modules give it bare). */
export function ecPublicKey(parameters: Uint8Array, wrapped: Uint8Array): KeyObject {
  const point = wrapped[0] === 4 && wrapped[1] === wrapped.length - 2 ? readDer(wrapped).octets() : wrapped;
  const spki = encode(sequence(sequence(objectIdentifier(oids.ecPublicKey), raw(parameters)), bitString(point)));
  return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
}

const idOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ format: "der", type: "spki" }))
    .digest("hex");

const attributeBytes = (attributes: readonly { value?: unknown }[]): Buffer => attributes[0]!.value as Buffer;

async function inTime<T>(operation: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new KabinaError("token/failed", { token: "", answer: "no answer in time" })),
      operationLimit,
    );
  });
  try {
    return await Promise.race([operation, late]);
  } finally {
    clearTimeout(timer);
  }
}
