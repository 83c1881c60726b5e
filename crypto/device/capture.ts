/**
 * A capture as its device signed it: what it holds, for which session, when. Made in the device, or in its driver where the device has no
 * key of its own; checked by the server as of the time of capture. docs/formats/device.md.
 */
import { createHash, verify } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { validatePath } from "../certificate/path.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { curveOf } from "../keys/curve.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { toInstant } from "../package/manifest.ts";
import { DeviceKind } from "./device.ts";
import type { SignedCapture } from "./signed-capture.ts";

const label = z.string().min(1).max(128);
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

const CaptureStatement = z.strictObject({
  format: z.literal("kabina-capture/1"),
  device: z.strictObject({ kind: DeviceKind, maker: label, model: label, serial: label }),
  /** The session that it was captured for: an older capture is none of another's. */
  context: sha256Hex,
  /** Captures of this device since it was started. */
  counter: z.int().nonnegative(),
  at: z.iso.datetime({ precision: 0 }),
  /** `captureDigest`. */
  content: sha256Hex,
});
export type CaptureStatement = z.infer<typeof CaptureStatement>;

/** What a device signs of a capture: of a picture file its bytes as they came, of a print its pixels, row by row. Lower-case hex SHA-256. */
export function captureDigest(
  capture: Uint8Array | { readonly width: number; readonly height: number; readonly data: Uint8Array },
): string {
  const hash = createHash("sha256");
  if (capture instanceof Uint8Array) hash.update(capture);
  else hash.update(`kabina-grey/1\n${capture.width} ${capture.height}\n`).update(capture.data);
  return hash.digest("hex");
}

/** Signs as a device does. `at` in whole seconds of the device's clock. */
export async function signCapture(
  stated: Omit<CaptureStatement, "format" | "at"> & { readonly at: Date },
  key: Pick<PrivateKeyHandle, "sign">,
): Promise<SignedCapture> {
  const statement = CaptureStatement.parse({ format: "kabina-capture/1", ...stated, at: toInstant(stated.at) });
  const text = canonicalize(statement) as string;
  const signature = await key.sign(new TextEncoder().encode(text));
  return { statement: text, signature: Buffer.from(signature).toString("base64") };
}

export interface CaptureTrust {
  readonly anchors: readonly Certificate[];
  /** The time of capture, as far as it is proved. */
  readonly at: Date;
}

/** A device's certificate, when it leads to an anchor and may sign captures at that moment. Throws `certificate/…`, `capture/malformed`. */
export function readDevice(certificates: readonly string[], { anchors, at }: CaptureTrust): Certificate {
  let leaf: Certificate;
  let intermediates: Certificate[];
  try {
    const [own, ...others] = certificates.map((text) => new Certificate(Buffer.from(text, "base64")));
    if (!own) throw new KabinaError("capture/malformed");
    [leaf, intermediates] = [own, others];
  } catch (cause) {
    throw new KabinaError("capture/malformed", {}, { cause });
  }
  validatePath({ leaf, intermediates, anchors, at, purpose: oids.kabinaCaptureSigning, usage: "digitalSignature" });
  return leaf;
}

/**
 * The statement, when this device signed it about this capture for this session. Throws `capture/malformed`, `capture/signature-invalid`,
 * `capture/other-device`, `capture/other-content`, `capture/other-session`.
 */
export function readCapture(
  { statement, signature }: SignedCapture,
  device: Certificate,
  about: { readonly content: string; readonly context: string },
): CaptureStatement {
  let read: CaptureStatement;
  try {
    read = CaptureStatement.parse(JSON.parse(statement));
  } catch (cause) {
    throw new KabinaError("capture/malformed", {}, { cause });
  }
  if (canonicalize(read) !== statement) throw new KabinaError("capture/malformed");
  const bytes = new TextEncoder().encode(statement);
  if (!verify(curveOf(device.publicKey).digest, bytes, device.publicKey, Buffer.from(signature, "base64")))
    throw new KabinaError("capture/signature-invalid");
  if (read.device.serial !== device.commonName) throw new KabinaError("capture/other-device");
  if (read.content !== about.content) throw new KabinaError("capture/other-content");
  if (read.context !== about.context) throw new KabinaError("capture/other-session");
  return read;
}
