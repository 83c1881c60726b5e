/** The data groups of a document that is to be made, and the draft of what its signer will sign (9303-10). */
import { createHash } from "node:crypto";
import type { RecordedPicture } from "../../biometrics/records/recorded-picture.ts";
import type { Digest } from "../../crypto/certificate/signature.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import type { BiometricEncoding } from "../lds/biometric-templates.ts";
import { composeCom } from "../lds/com.ts";
import { composeDg1 } from "../lds/dg1.ts";
import { composeDg2 } from "../lds/dg2.ts";
import { mediaTypeOf } from "../lds/face-record.ts";
import { fileMalformed, type PassportFiles } from "../lds/file.ts";
import { composeDg3 } from "../lds/prints.ts";
import { composeLds } from "../lds/security-object.ts";
import type { MrzData, Sex } from "../mrz/mrz.ts";

export interface NewDocumentInput {
  readonly mrz: MrzData;
  /** JPEG or JPEG 2000, cut and sized for a chip, with its size in pixels. */
  readonly portrait: { readonly data: Uint8Array; readonly width: number; readonly height: number };
  /** At most one a finger; none when the holder has none to give. */
  readonly prints: readonly RecordedPicture[];
  readonly encoding: BiometricEncoding;
  readonly hash: Digest;
  readonly random: RandomBytes;
}

export interface NewDocument {
  /** DG1, DG2, DG3 and EF.COM. */
  readonly files: PassportFiles;
  /** LDSSecurityObject with the hash of each data group, unsigned: the document signer signs it after adding what the chip itself needs (DG14, DG15). */
  readonly lds: Uint8Array;
}

/** Versions of the LDS and of Unicode that EF.COM states (9303-10 §4.6.1). */
const versions = { ldsVersion: "0107", unicodeVersion: "040000" } as const;
const genders: Readonly<Record<Sex, number>> = { X: 0, M: 1, F: 2 };
/** Bytes of the nonce that stands for prints where there are none. */
const nonceLength = 16;

/** Throws `mrtd/mrz-field` (all fields that cannot be written), `mrtd/file-malformed`, `record/…`. */
export function composeNewDocument(input: NewDocumentInput): NewDocument {
  const { mrz, portrait, prints, encoding, hash, random } = input;
  const mediaType = mediaTypeOf(portrait.data);
  if (mediaType === undefined) throw fileMalformed("DG2", "face-image");
  const groups = {
    DG1: composeDg1(mrz),
    DG2: composeDg2({ ...portrait, mediaType, gender: genders[mrz.sex] }, encoding),
    DG3: composeDg3(prints, encoding, random(nonceLength)),
  };
  const digest = (bytes: Uint8Array) => new Uint8Array(createHash(hash).update(bytes).digest());
  const hashes = new Map([
    [1, digest(groups.DG1)],
    [2, digest(groups.DG2)],
    [3, digest(groups.DG3)],
  ] as const);
  return {
    files: { ...groups, "EF.COM": composeCom({ ...versions, dataGroups: [1, 2, 3] }) },
    lds: composeLds({ hash, hashes }),
  };
}
