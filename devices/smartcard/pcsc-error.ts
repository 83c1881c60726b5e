/** Turns what PC/SC reports into our codes. The numbers are those of the PC/SC specification, part 5 (`pcsclite.h`). */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

const REMOVED = new Set([
  0x80100069, // SCARD_W_REMOVED_CARD
  0x80100068, // SCARD_W_RESET_CARD: another card, or the same one put back
  0x8010000c, // SCARD_E_NO_SMARTCARD
  0x80100067, // SCARD_W_UNPOWERED_CARD
]);
const MUTE = new Set([
  0x80100066, // SCARD_W_UNRESPONSIVE_CARD
  0x8010000f, // SCARD_E_PROTO_MISMATCH
  0x80100065, // SCARD_W_UNSUPPORTED_CARD
]);
const UNPLUGGED = new Set([
  0x80100017, // SCARD_E_READER_UNAVAILABLE
  0x80100009, // SCARD_E_UNKNOWN_READER
  0x8010002e, // SCARD_E_NO_READERS_AVAILABLE
]);
const BUSY = new Set([
  0x8010000b, // SCARD_E_SHARING_VIOLATION
]);
const SERVICE_DOWN = new Set([
  0x8010001d, // SCARD_E_NO_SERVICE
  0x8010001e, // SCARD_E_SERVICE_STOPPED
  0x80100003, // SCARD_E_INVALID_HANDLE: the daemon was restarted and does not know us
  0x80100013, // SCARD_F_COMM_ERROR
]);

/** `device` is the reader's name. What is not known becomes `device/card-mute`: the card is there and nothing sensible comes. */
export function pcscError(error: unknown, device: string): KabinaError {
  const message = error instanceof Error ? error.message : String(error);
  const number = Number.parseInt(/0x([0-9a-f]{8})/i.exec(message)?.[1] ?? "0", 16);
  const options = { cause: error };
  if (REMOVED.has(number)) return new KabinaError("device/card-removed", { device }, options);
  if (UNPLUGGED.has(number)) return new KabinaError("device/unplugged", { device }, options);
  if (BUSY.has(number)) return new KabinaError("device/busy", { device }, options);
  if (MUTE.has(number)) return new KabinaError("device/card-mute", { device }, options);
  if (SERVICE_DOWN.has(number)) {
    return new KabinaError("device/service-down", { service: "pcscd", start: "systemctl start pcscd" }, options);
  }
  if (/not connected/i.test(message)) return new KabinaError("device/card-removed", { device }, options);
  return new KabinaError("device/card-mute", { device }, options);
}
