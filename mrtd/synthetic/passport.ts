import type { KeyObject } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { AccessKey } from "../access/access-key.ts";
import type { PassportFiles } from "../lds/file.ts";
import type { MrzData } from "../mrz/mrz.ts";

/** A certificate with the private key that belongs to it. */
export interface CertifiedKey {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

/** Everything that makes one synthetic document: what its chip holds and the authorities that signed it. */
export interface PassportData {
  readonly files: PassportFiles;
  /** Keys that open the chip. */
  readonly access: { readonly mrz: AccessKey & { kind: "mrz" }; readonly can: string };
  /** The chip's own private keys, by mechanism; absent when the document has no such mechanism. */
  readonly chipKeys: { readonly activeAuthentication?: KeyObject; readonly chipAuthentication?: KeyObject };
  readonly csca: CertifiedKey;
  readonly ds: CertifiedKey;
}

export interface PassportInput {
  readonly mrz: MrzData;
  /** The holder's portrait, JPEG. */
  readonly portrait: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** Makes a synthetic passport; authorities that are not given are made too, and say in their names that they are a test. */
export function makePassport(
  _input: PassportInput,
  _authorities: { readonly csca?: CertifiedKey; readonly ds?: CertifiedKey } = {},
): PassportData {
  throw new Error("lands next");
}

/** Writes a passport folder: `EF.COM.bin`, `DG1.bin`, …, `keys/`, `csca.der`, `ds.der`. Published test keys: never trusted outside tests. */
export async function writePassport(_directory: string, _passport: PassportData): Promise<void> {
  throw new Error("lands next");
}

/** Reads what `writePassport` wrote. */
export async function loadPassport(_directory: string): Promise<PassportData> {
  throw new Error("lands next");
}
