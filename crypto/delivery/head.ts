/**
 * The head of a package: its first two entries, `manifest.json` and `manifest.p7s`, as they stand in the archive. The whole package is
 * verified later by `crypto/package`; this only finds the two.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { decodeTarHeader, tarBlock, tarPadding } from "../package/tar.ts";
import { DELIVERY_LIMITS } from "./limits.ts";

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
 * @throws KabinaError `delivery/head-malformed`, `package/part-too-large`, `package/part-name`, `package/entry-malformed`
 */
export function readHead(start: Buffer): PackageHead | undefined {
  const found: Buffer[] = [];
  let at = 0;
  for (const name of NAMES) {
    if (start.length < at + tarBlock) return undefined;
    const entry = decodeTarHeader(start.subarray(at, at + tarBlock), DELIVERY_LIMITS.headBytes);
    if (entry?.name !== name) throw new KabinaError("delivery/head-malformed", { entry: name });
    at += tarBlock;
    const end = at + entry.size + tarPadding(entry.size).length;
    if (start.length < end) return undefined;
    if (start.subarray(at + entry.size, end).some((byte) => byte !== 0)) {
      throw new KabinaError("delivery/head-malformed", { entry: name });
    }
    found.push(start.subarray(at, at + entry.size));
    at = end;
  }
  return { manifest: found[0] as Buffer, signature: found[1] as Buffer, bytes: at };
}
