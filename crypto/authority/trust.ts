/** The trust folder of a booth or a server: certificates only, as PEM files with fixed names. */
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../certificate/certificate.ts";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { TlsCredentials } from "../keys/key.ts";

export interface Trust {
  /** What every chain must end in. */
  readonly root: Certificate;
  /** The authorities under it. */
  readonly booths: Certificate;
  readonly servers: Certificate;
  /** Who packages are encrypted for (`server-recipient`), newest first. */
  readonly recipients: readonly Certificate[];
}

const files = { root: "root.pem", booths: "booths.pem", servers: "servers.pem", recipients: "recipients.pem" } as const;

/** Reads a trust folder. Throws `trust/missing`, `certificate/malformed`. */
export async function readTrust(folder: string): Promise<Trust> {
  const read = async (name: string): Promise<readonly Certificate[]> => {
    const path = join(folder, name);
    const text = await readFile(path, "utf8").catch((cause: unknown) => {
      throw new KabinaError("trust/missing", { path }, { cause });
    });
    return Certificate.fromPem(text);
  };
  return {
    root: (await read(files.root))[0]!,
    booths: (await read(files.booths))[0]!,
    servers: (await read(files.servers))[0]!,
    recipients: await read(files.recipients),
  };
}

/** The roots to trust: `root.pem` of a trust folder, or every certificate of a PEM file. Throws `trust/missing`, `certificate/malformed`. */
export async function readAnchors(path: string): Promise<readonly Certificate[]> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const file = folder ? join(path, files.root) : path;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new KabinaError("trust/missing", { path: file }, { cause });
  });
  return Certificate.fromPem(text);
}

export async function writeTrust(folder: string, trust: Trust): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const write = (name: string, certificates: readonly Certificate[]) =>
    writeFileDurably(join(folder, name), certificates.map((certificate) => certificate.toPem()).join(""));
  await write(files.booths, [trust.booths]);
  await write(files.servers, [trust.servers]);
  await write(files.recipients, trust.recipients);
  await write(files.root, [trust.root]);
}

/** What `node:tls` takes as `ca` when the other side is a server, or a booth: the root and the one authority that may issue it. */
export const tlsAuthorities = (trust: Trust, peer: "booths" | "servers"): string[] => [
  trust.root.toPem(),
  trust[peer].toPem(),
];

/**
 * Credentials with their own certificate alone: the other side has the authorities above it (`tlsAuthorities`), and a thin link
 * should not carry them again and again.
 */
export function leafOnly(credentials: TlsCredentials): TlsCredentials {
  const end = "-----END CERTIFICATE-----\n";
  return { ...credentials, cert: credentials.cert.slice(0, credentials.cert.indexOf(end) + end.length) };
}
