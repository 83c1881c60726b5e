/** What to say when no device of a kind is there: a sentence of its own for each kind. */
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { DeviceKind } from "./port.ts";

const codes: Readonly<Record<DeviceKind, string>> = {
  camera: "device/no-camera",
  fingerprint: "device/no-fingerprint-sensor",
  smartcard: "device/no-card-reader",
  scanner: "device/no-scanner",
  signature: "device/no-signature-pad",
  printer: "device/no-printer",
};

export function absent(kind: DeviceKind): KabinaError {
  return new KabinaError(codes[kind], { kind });
}
