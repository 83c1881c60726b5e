/** Which device something was captured with, and the patterns that hot-lists and profiles name devices by. docs/formats/device.md. */
import { z } from "zod";

export const deviceKinds = ["camera", "fingerprint", "smartcard", "scanner", "signature", "printer"] as const;
export const DeviceKind = z.enum(deviceKinds);
export type DeviceKind = z.infer<typeof DeviceKind>;

const label = z.string().min(1).max(128);
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** A device as its driver names it; what it cannot tell is null. */
export const DeviceIdentity = z.strictObject({
  kind: DeviceKind,
  maker: label.nullable(),
  model: label.nullable(),
  serial: label.nullable(),
  /** SHA-256 of the DER of its certificate; null of a device without one. */
  certificateSha256: sha256Hex.nullable(),
});
export type DeviceIdentity = z.infer<typeof DeviceIdentity>;

/** Devices that have every property named here: one of them by its serial number or certificate, or all of a maker, a model, a kind. */
export const DevicePattern = z
  .strictObject({
    kind: DeviceKind.optional(),
    maker: label.optional(),
    model: label.optional(),
    serial: label.optional(),
    certificateSha256: sha256Hex.optional(),
  })
  .refine((pattern) => Object.values(pattern).some((value) => value !== undefined), { message: "names no device" });
export type DevicePattern = z.infer<typeof DevicePattern>;

/** Whether a device is meant. Names are compared without regard to case and to spaces around them; what a device does not tell matches nothing. */
export function isMeant(pattern: DevicePattern, device: DeviceIdentity): boolean {
  const named = Object.entries(pattern).filter(([, value]) => value !== undefined) as [keyof DeviceIdentity, string][];
  return named.every(([property, value]) => {
    const own = device[property];
    return own !== null && folded(own) === folded(value);
  });
}

const folded = (text: string): string => text.trim().toLowerCase();
