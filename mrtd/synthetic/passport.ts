/** A synthetic passport: the files of its chip, its keys, and the test authorities that signed it. */
import { createHash, createPrivateKey, type KeyObject } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ShaDigest } from "../../crypto/certificate/signature.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { MrzAccessKey } from "../access/access-key.ts";
import { composeSignedData } from "../cms/compose-signed-data.ts";
import type { BiometricEncoding } from "../lds/biometric-templates.ts";
import { composeCom } from "../lds/com.ts";
import { composeDg1, parseDg1 } from "../lds/dg1.ts";
import { composeDg2 } from "../lds/dg2.ts";
import { mediaTypeOf } from "../lds/face-record.ts";
import {
  type DataGroupNumber,
  dataGroupName,
  dataGroupNumbers,
  type FileName,
  fileIdentities,
  type PassportFiles,
} from "../lds/file.ts";
import { jpegSize } from "../lds/jpeg-size.ts";
import { composeLds, ldsSecurityObjectOid } from "../lds/security-object.ts";
import type { MrzData } from "../mrz/mrz.ts";
import { cardSecurityContentOid } from "../proof/card-security.ts";
import { tlv } from "../tlv/write.ts";
import { type CertifiedKey, makeCsca, makeDocumentSigner, testScheme } from "./authority.ts";
import { composeSecurityFiles, type PassportFeatures, passportFeatures } from "./features.ts";

export type { CertifiedKey } from "./authority.ts";

/** Everything that makes one synthetic document: what its chip holds and the authorities that signed it. */
export interface PassportData {
  readonly files: PassportFiles;
  /** Keys that open the chip. */
  readonly access: {
    readonly mrz: MrzAccessKey;
    readonly can: string;
    /** Does the chip also open with BAC? */
    readonly bac: boolean;
  };
  /** The chip's own private keys, by mechanism; absent when the document has no such mechanism. */
  readonly chipKeys: { readonly activeAuthentication?: KeyObject; readonly chipAuthentication?: KeyObject };
  readonly csca: CertifiedKey;
  readonly ds: CertifiedKey;
  /** Root certificate (CVCA) of the terminals that may read DG3 and DG4; absent when the chip lets nobody. */
  readonly terminalTrust?: Uint8Array;
}

export interface PassportInput {
  readonly mrz: MrzData;
  /** The holder's portrait, JPEG or JPEG 2000. */
  readonly portrait: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** What the chip can do; `passportFeatures.standard` when not given. */
  readonly features?: PassportFeatures;
  /** Further data groups, whole files, such as DG3. */
  readonly dataGroups?: PassportFiles;
  /** Root certificate (CVCA) of the terminals that may read DG3 and DG4. */
  readonly terminalTrust?: Uint8Array;
  /** How the portrait is written; 19794 when not given. */
  readonly faceEncoding?: BiometricEncoding;
}

const versions = { ldsVersion: "0107", unicodeVersion: "040000" } as const;

/**
 * Makes a synthetic passport; authorities that are not given are made too, and say in their names that they are a test. Throws
 * `mrtd/mrz-field` when the MRZ cannot be written and `mrtd/file-malformed` when the portrait is no JPEG.
 */
export function makePassport(
  input: PassportInput,
  authorities: { readonly csca?: CertifiedKey; readonly ds?: CertifiedKey } = {},
): PassportData {
  const csca = authorities.csca ?? makeCsca(input);
  const ds = authorities.ds ?? makeDocumentSigner(input, csca);
  const mediaType = mediaTypeOf(input.portrait);
  if (mediaType === undefined) throw new KabinaError("mrtd/file-malformed", { file: "DG2", problem: "face-image" });
  const gender = { M: 1, F: 2, X: 0 }[input.mrz.sex];
  const groups: PassportFiles = {
    DG1: composeDg1(input.mrz),
    DG2: composeDg2({ mediaType, data: input.portrait, gender, ...jpegSize(input.portrait) }, input.faceEncoding),
    ...input.dataGroups,
  };
  const { documentNumber, dateOfBirth, dateOfExpiry } = input.mrz;
  const mrz: MrzAccessKey = { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry };
  const can = Array.from(input.random(6), (byte) => byte % 10).join("");
  const features = input.features ?? passportFeatures.standard;
  const document = equip(groups, features, ds, input);
  const { terminalTrust } = input;
  return { ...document, access: { mrz, can, bac: features.bac }, csca, ds, ...(terminalTrust && { terminalTrust }) };
}

/** The same person's document with other features: new chip keys, signed again by the same signer. */
export function remakePassport(
  passport: PassportData,
  features: PassportFeatures,
  source: { readonly clock: Clock; readonly random: RandomBytes },
): PassportData {
  const groups = Object.fromEntries(
    Object.entries(passport.files).filter(([name]) => /^DG\d+$/.test(name) && name !== "DG14" && name !== "DG15"),
  );
  return {
    ...passport,
    ...equip(groups, features, passport.ds, source),
    access: { ...passport.access, bac: features.bac },
  };
}

/** The same files signed by another signer or with another hash. */
export function resignPassport(
  passport: PassportData,
  { ds, hash }: { readonly ds: CertifiedKey; readonly hash: ShaDigest },
  signingTime: Date,
): PassportData {
  const groups = Object.fromEntries(Object.entries(passport.files).filter(([name]) => name.startsWith("DG")));
  return { ...passport, files: { ...passport.files, ...signFiles(groups, ds, signingTime, hash) } };
}

/** Adds what the features need to the data groups, and signs. */
function equip(
  groups: PassportFiles,
  features: PassportFeatures,
  ds: CertifiedKey,
  { clock, random }: { readonly clock: Clock; readonly random: RandomBytes },
): Pick<PassportData, "files" | "chipKeys"> {
  const {
    files: masterFiles,
    groups: securityGroups,
    chipKeys,
  } = composeSecurityFiles(features, random, (infos) =>
    composeSignedData({
      contentType: cardSecurityContentOid,
      content: infos,
      certificate: ds.certificate,
      privateKey: ds.privateKey,
      scheme: testScheme,
      signingTime: clock.now(),
    }),
  );
  const all = { ...groups, ...securityGroups };
  return { files: { ...masterFiles, ...all, ...signFiles(all, ds, clock.now()) }, chipKeys };
}

/** EF.COM and EF.SOD for these data groups. */
export function signFiles(
  groups: PassportFiles,
  ds: CertifiedKey,
  signingTime: Date,
  hash: ShaDigest = testScheme.hash,
): PassportFiles {
  const present = dataGroupNumbers.filter((number) => groups[dataGroupName(number)] !== undefined);
  const hashes = new Map<DataGroupNumber, Uint8Array>(
    present.map((number) => [number, createHash(hash).update(groups[dataGroupName(number)]!).digest()]),
  );
  const sod = composeSignedData({
    contentType: ldsSecurityObjectOid,
    content: composeLds({ hash, hashes }),
    certificate: ds.certificate,
    privateKey: ds.privateKey,
    scheme: { hash },
    signingTime,
  });
  return { "EF.COM": composeCom({ ...versions, dataGroups: present }), "EF.SOD": tlv(0x77, sod) };
}

const keyFiles = { activeAuthentication: "keys/aa.pem", chipAuthentication: "keys/ca.pem" } as const;

/** `EF.ATR/INFO` has a slash that no file name can have. */
const fileNameOf = (name: FileName) => `${name.replace("/", "-")}.bin`;

/**
 * Writes a passport folder: `EF.COM.bin`, `EF.SOD.bin`, `DG1.bin`, …, `access.json`, `keys/*.pem`, `csca.der`, `ds.der`. The private keys are
 * those of a test country: never trust them outside tests.
 */
export async function writePassport(directory: string, passport: PassportData): Promise<void> {
  await mkdir(join(directory, "keys"), { recursive: true });
  const put = (name: string, content: Uint8Array | string) => writeFile(join(directory, name), content);
  for (const [name, bytes] of Object.entries(passport.files)) await put(fileNameOf(name as FileName), bytes);
  await put("access.json", `${JSON.stringify(passport.access, null, 2)}\n`);
  await put("csca.der", passport.csca.certificate);
  await put("ds.der", passport.ds.certificate);
  if (passport.terminalTrust !== undefined) await put("cvca.cvcert", passport.terminalTrust);
  await put("keys/csca.pem", pem(passport.csca.privateKey));
  await put("keys/ds.pem", pem(passport.ds.privateKey));
  for (const [mechanism, file] of Object.entries(keyFiles)) {
    const key = passport.chipKeys[mechanism as keyof typeof keyFiles];
    if (key !== undefined) await put(file, pem(key));
  }
}

/** Reads what `writePassport` wrote. Throws `mrtd/passport-folder` when something is missing. */
export async function loadPassport(directory: string): Promise<PassportData> {
  const get = async (name: string): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await readFile(join(directory, name)));
    } catch (error) {
      throw new KabinaError("mrtd/passport-folder", { directory, missing: name }, { cause: error });
    }
  };
  const names = await readdir(directory).catch((error: unknown) => {
    throw new KabinaError("mrtd/passport-folder", { directory, missing: directory }, { cause: error });
  });
  const files: PassportFiles = {};
  for (const name of Object.keys(fileIdentities) as FileName[]) {
    if (names.includes(fileNameOf(name))) files[name] = await get(fileNameOf(name));
  }
  for (const needed of ["EF.COM", "EF.SOD", "DG1", "DG2"] as const)
    if (files[needed] === undefined) await get(fileNameOf(needed));
  const keyNames = await readdir(join(directory, "keys")).catch(() => [] as string[]);
  const chipKeys: { -readonly [mechanism in keyof PassportData["chipKeys"]]: KeyObject } = {};
  for (const [mechanism, file] of Object.entries(keyFiles) as [keyof typeof keyFiles, string][]) {
    if (keyNames.includes(file.slice("keys/".length)))
      chipKeys[mechanism] = createPrivateKey(Buffer.from(await get(file)));
  }
  return {
    files,
    access: names.includes("access.json")
      ? (JSON.parse(new TextDecoder().decode(await get("access.json"))) as PassportData["access"])
      : accessOf(files.DG1!),
    chipKeys,
    csca: { certificate: await get("csca.der"), privateKey: createPrivateKey(Buffer.from(await get("keys/csca.pem"))) },
    ds: { certificate: await get("ds.der"), privateKey: createPrivateKey(Buffer.from(await get("keys/ds.pem"))) },
    ...(names.includes("cvca.cvcert") && { terminalTrust: await get("cvca.cvcert") }),
  };
}

/** The keys that the MRZ in DG1 gives. */
function accessOf(dg1: Uint8Array): PassportData["access"] {
  const { documentNumber, dateOfBirth, dateOfExpiry } = parseDg1(dg1);
  return { mrz: { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry }, can: "000000", bac: true };
}

const pem = (key: KeyObject) => key.export({ format: "pem", type: "pkcs8" }) as string;
