/** What a PKCS#11 module answers (CKR_…), as failures that a person can act on. */
import { KabinaError } from "../errors/kabina-error.ts";

/** PKCS#11 v2.40 §5.1, as far as they mean something to a person. */
const codes: Readonly<Record<number, string>> = {
  3: "token/missing", // CKR_SLOT_ID_INVALID
  48: "token/removed", // CKR_DEVICE_ERROR: cards pulled out answer so through OpenSC
  49: "token/failed", // CKR_DEVICE_MEMORY
  50: "token/removed", // CKR_DEVICE_REMOVED
  96: "token/removed", // CKR_KEY_HANDLE_INVALID
  112: "token/unsupported", // CKR_MECHANISM_INVALID
  113: "token/unsupported", // CKR_MECHANISM_PARAM_INVALID
  130: "token/removed", // CKR_OBJECT_HANDLE_INVALID
  160: "token/pin-wrong", // CKR_PIN_INCORRECT
  161: "token/pin-wrong", // CKR_PIN_INVALID
  162: "token/pin-wrong", // CKR_PIN_LEN_RANGE
  164: "token/pin-locked", // CKR_PIN_LOCKED
  176: "token/removed", // CKR_SESSION_CLOSED
  179: "token/removed", // CKR_SESSION_HANDLE_INVALID
  224: "token/removed", // CKR_TOKEN_NOT_PRESENT
  225: "token/failed", // CKR_TOKEN_NOT_RECOGNIZED
  257: "token/removed", // CKR_USER_NOT_LOGGED_IN: it went away and came back
};

/** The failure behind an error of the module; others pass unchanged. Nothing of the call's arguments goes into it. */
export function tokenFailure(error: unknown, token: string): unknown {
  if (error instanceof KabinaError) return error;
  const answer = (error as { code?: unknown } | null)?.code;
  if (typeof answer !== "number") return error;
  const name = `CKR 0x${answer.toString(16)}`;
  return new KabinaError(codes[answer] ?? "token/failed", { token, answer: name });
}
