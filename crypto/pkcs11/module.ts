/** A vendor's PKCS#11 module, loaded once for the process, and the tokens in its slots. */
import { createRequire } from "node:module";
import type { PKCS11 } from "pkcs11js";
import { KabinaError } from "../errors/kabina-error.ts";
import { tokenFailure } from "./failure.ts";

export type Api = typeof import("pkcs11js");

/** How far a PIN is from locking, as PKCS#11 tells it: it has no number, only warnings. */
export type PinState = "unset" | "ok" | "count-low" | "final-try" | "locked";

export interface TokenInfo {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly pin: PinState;
  /** A reader with its own keys: the PIN is typed there and is not asked for here. */
  readonly ownKeypad: boolean;
}

export interface TokenSlot extends TokenInfo {
  readonly slot: Buffer;
}

const alreadyInitialized = 0x191; // CKR_CRYPTOKI_ALREADY_INITIALIZED
const loaded = new Map<string, Pkcs11Module>();

export class Pkcs11Module {
  readonly path: string;
  readonly api: Api;
  readonly calls: PKCS11;

  private constructor(path: string, api: Api, calls: PKCS11) {
    this.path = path;
    this.api = api;
    this.calls = calls;
  }

  /** Throws `token/support-missing` when pkcs11js is not installed, `token/module-failed` when the module does not load. */
  static load(path: string): Pkcs11Module {
    const known = loaded.get(path);
    if (known) return known;
    let api: Api;
    try {
      api = createRequire(import.meta.url)("pkcs11js") as Api;
    } catch (cause) {
      throw new KabinaError("token/support-missing", {}, { cause });
    }
    const calls = new api.PKCS11();
    try {
      calls.load(path);
      initialize(calls);
    } catch (cause) {
      throw new KabinaError("token/module-failed", { path }, { cause });
    }
    const module = new Pkcs11Module(path, api, calls);
    loaded.set(path, module);
    return module;
  }

  /** Every token that is in a slot now. Throws `token/failed`. */
  tokens(): readonly TokenSlot[] {
    try {
      return this.calls.C_GetSlotList(true).flatMap((slot) => this.#describe(slot));
    } catch (error) {
      throw tokenFailure(error, this.path);
    }
  }

  /**
   * The one token that is meant: by serial number, else by label, else the only one. Throws `token/missing`, and `token/ambiguous` where
   * more than one fits.
   */
  find(wanted: { readonly serial?: string | undefined; readonly label?: string | undefined }): TokenSlot {
    const { serial, label } = wanted;
    const fits = this.tokens().filter(
      (token) => (serial === undefined || token.serial === serial) && (label === undefined || token.label === label),
    );
    const [token, another] = fits;
    const named = label ?? serial ?? this.path;
    if (!token) throw new KabinaError("token/missing", { token: named });
    if (another) throw new KabinaError("token/ambiguous", { token: named, count: fits.length });
    return token;
  }

  /** Whether there is a token in this slot now. Asks the reader and not the token: after a failed signature OpenSC may wait for it forever. */
  isPresent(slot: Buffer): boolean {
    return this.calls.C_GetSlotList(true).some((one) => one.equals(slot));
  }

  #describe(slot: Buffer): TokenSlot[] {
    const { api } = this;
    let info: ReturnType<PKCS11["C_GetTokenInfo"]>;
    try {
      info = this.calls.C_GetTokenInfo(slot);
    } catch {
      return []; // it went away between the list and the question
    }
    const flag = (bit: number) => (info.flags & bit) !== 0;
    if (!flag(api.CKF_TOKEN_INITIALIZED)) return [];
    return [
      {
        slot,
        label: info.label.trim(),
        manufacturer: info.manufacturerID.trim(),
        model: info.model.trim(),
        serial: info.serialNumber.trim(),
        pin: flag(api.CKF_USER_PIN_LOCKED)
          ? "locked"
          : flag(api.CKF_USER_PIN_FINAL_TRY)
            ? "final-try"
            : flag(api.CKF_USER_PIN_COUNT_LOW)
              ? "count-low"
              : flag(api.CKF_USER_PIN_INITIALIZED)
                ? "ok"
                : "unset",
        ownKeypad: flag(api.CKF_PROTECTED_AUTHENTICATION_PATH),
      },
    ];
  }
}

/** Calls come from several threads of the pool, one at a time for each token: the module is told that it may lock. */
function initialize(calls: PKCS11): void {
  try {
    calls.C_Initialize({ flags: 2 } as never); // CKF_OS_LOCKING_OK
  } catch (error) {
    if ((error as { code?: unknown }).code !== alreadyInitialized) throw error;
  }
}
