/**
 * The head of a package: its first two entries, `manifest.json` and `manifest.p7s`, as they stand in the ustar archive
 * (docs/formats/package.md). The whole package is verified later by `crypto/package`; this only finds the two.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { DELIVERY_LIMITS } from "./limits.ts";

const BLOCK = 512;
const NAMES = ["manifest.json", "manifest.p7s"] as const;

export interface PackageHead {
  readonly manifest: Buffer;
  readonly signature: Buffer;
  /** Bytes of the head within the package, padding included. */
  readonly bytes: number;
}

/**
 * Finds manifest and signature at the beginning of a package.
 * @returns undefined when `start` is too short to hold them all
 * @throws KabinaError `delivery/head-malformed`, `delivery/head-too-large`
 */
export function readHead(start: Buffer): PackageHead | undefined {
  const found: Buffer[] = [];
  let at = 0;
  for (const name of NAMES) {
    if (start.length < at + BLOCK) return undefined;
    const header = start.subarray(at, at + BLOCK);
    if (text(header, 0, 100) !== name) throw new KabinaError("delivery/head-malformed", { entry: name });
    const digits = text(header, 124, 12);
    if (!/^[0-7]{1,11} ?$/.test(digits)) throw new KabinaError("delivery/head-malformed", { entry: name });
    const size = Number.parseInt(digits, 8);
    at += BLOCK;
    const end = at + Math.ceil(size / BLOCK) * BLOCK;
    if (end > DELIVERY_LIMITS.headBytes) {
      throw new KabinaError("delivery/head-too-large", { limitBytes: DELIVERY_LIMITS.headBytes });
    }
    if (start.length < end) return undefined;
    found.push(start.subarray(at, at + size));
    at = end;
  }
  return { manifest: found[0] as Buffer, signature: found[1] as Buffer, bytes: at };
}

/** A NUL-terminated field of a header. */
function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("latin1");
}
