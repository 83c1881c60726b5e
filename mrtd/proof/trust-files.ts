/** Country signing certificates and revocation lists from files and folders: DER, PEM, master lists. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { tlv } from "../tlv/write.ts";
import { parseMasterList } from "./master-list.ts";

/** Largest file that is taken for a certificate, a list or a passport's file; the largest master lists are 3 MB. */
const maxFileBytes = 64 * 1024 * 1024;

/** Reads one file; throws `mrtd/input-file` when it is not there or too large. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new KabinaError("mrtd/input-file", { path, problem: `${size} bytes` });
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof KabinaError) throw error;
    const problem = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new KabinaError("mrtd/input-file", { path, problem }, { cause: error });
  }
}

/**
 * Every certificate in these files and folders, DER. A file named by itself must hold some (`mrtd/no-certificates` otherwise); in a folder,
 * files that hold none are passed over.
 */
export async function readCertificates(paths: readonly string[]): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (const path of paths) {
    const names = await namesInFolder(path);
    if (names === undefined) all.push(...certificatesOf(path, await readInput(path)));
    else {
      for (const name of names) {
        const bytes = await readInput(join(path, name));
        try {
          all.push(...certificatesIn(bytes));
        } catch {
          // A folder of trust may hold a README.
        }
      }
    }
  }
  return all;
}

function certificatesOf(path: string, bytes: Uint8Array): Uint8Array[] {
  try {
    return certificatesIn(bytes);
  } catch (cause) {
    if (!isCoded(cause)) throw cause;
    throw new KabinaError("mrtd/no-certificates", { path }, { cause });
  }
}

/** EF.SOD as a chip has it, or the CMS message in it by itself, DER or PEM. */
export async function readSecurityObject(path: string): Promise<Uint8Array> {
  const bytes = await readInput(path);
  const cms = [...pemBlocks(bytes, "CMS"), ...pemBlocks(bytes, "PKCS7")][0] ?? bytes;
  return cms[0] === 0x30 ? tlv(0x77, cms) : cms;
}

/** The certificates of one file: PEM blocks, one DER certificate, a master list, or ICAO's directory download (LDIF) with master lists in it. */
export function certificatesIn(bytes: Uint8Array): Uint8Array[] {
  const pem = pemBlocks(bytes, "CERTIFICATE");
  if (pem.length > 0) return pem;
  const directory = [
    ...ldifValues(bytes, directoryAttributes.masterList).flatMap((list) =>
      parseMasterList(list).entries.map(({ der }) => der),
    ),
    ...ldifValues(bytes, directoryAttributes.authority),
    ...ldifValues(bytes, directoryAttributes.signer),
  ];
  if (directory.length > 0) return directory;
  try {
    new Certificate(bytes, { encoding: "ber" });
    return [bytes];
  } catch (notOneCertificate) {
    try {
      return parseMasterList(bytes).entries.map(({ der }) => der);
    } catch {
      throw notOneCertificate;
    }
  }
}

/** Every revocation list in these files: DER, PEM, or a download of ICAO's directory. Whether each can be read shows when it is used. */
export async function readRevocationLists(paths: readonly string[]): Promise<Uint8Array[]> {
  const files = await Promise.all(paths.map(readInput));
  return files.flatMap((bytes) => {
    const several = [...pemBlocks(bytes, "X509 CRL"), ...ldifValues(bytes, directoryAttributes.revocation)];
    return several.length > 0 ? several : [bytes];
  });
}

/** A file that is DER, or PEM around it. */
export function derOf(bytes: Uint8Array, label: string): Uint8Array {
  return pemBlocks(bytes, label)[0] ?? bytes;
}

/** The contents of every PEM block in a file, whatever it is. */
export const anyPem = (bytes: Uint8Array): Uint8Array[] => pemBlocks(bytes, "[A-Z0-9 ]+");

function pemBlocks(bytes: Uint8Array, label: string): Uint8Array[] {
  if (bytes[0] === 0x30) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const blocks = text.matchAll(new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`, "g"));
  return [...blocks].map((block) => new Uint8Array(Buffer.from(block[1]!, "base64")));
}

/** Where ICAO's public key directory has what its members upload: master lists, their authorities and document signers, revocation lists. */
const directoryAttributes = {
  masterList: "pkdMasterListContent",
  authority: "cACertificate",
  signer: "userCertificate",
  revocation: "certificateRevocationList",
} as const;

/** Binary values of an attribute in LDIF (RFC 2849): `name:: base64`, going on in lines that begin with a space. */
function ldifValues(bytes: Uint8Array, attribute: string): Uint8Array[] {
  if (bytes[0] === 0x30) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString("latin1")
    .replace(/\r?\n /g, "");
  const values = text.matchAll(new RegExp(`^${attribute}(?:;binary)?:: *([A-Za-z0-9+/=]+)\\s*$`, "gim"));
  return [...values].map((value) => new Uint8Array(Buffer.from(value[1]!, "base64")));
}

async function namesInFolder(path: string): Promise<string[] | undefined> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  return entries
    ?.filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
