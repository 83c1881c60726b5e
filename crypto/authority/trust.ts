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
  /** What was there before them, newest first: it vouches for what it has certified until that ends. */
  readonly former: {
    readonly roots: readonly Certificate[];
    readonly booths: readonly Certificate[];
    readonly servers: readonly Certificate[];
  };
  /** Who packages are encrypted for (`server-recipient`), newest first. */
  readonly recipients: readonly Certificate[];
}

/** The kinds of authority that a booth and a server know each other by. */
export const peerKinds = ["booths", "servers"] as const;
export type PeerKind = (typeof peerKinds)[number];

/** The roots that a chain may end in, newest first. */
export const anchorsOf = ({ root, former }: Trust): readonly Certificate[] => [root, ...former.roots];

/** The authorities of a kind, newest first. */
export const authoritiesOf = (trust: Trust, kind: PeerKind): readonly Certificate[] => [
  trust[kind],
  ...trust.former[kind],
];

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
  const [roots, booths, servers] = [await read(files.root), await read(files.booths), await read(files.servers)];
  return {
    root: roots[0]!,
    booths: booths[0]!,
    servers: servers[0]!,
    former: { roots: roots.slice(1), booths: booths.slice(1), servers: servers.slice(1) },
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
  await write(files.booths, authoritiesOf(trust, "booths"));
  await write(files.servers, authoritiesOf(trust, "servers"));
  await write(files.recipients, trust.recipients);
  await write(files.root, anchorsOf(trust));
}

/** What `node:tls` takes as `ca` when the other side is a server, or a booth: the roots and the authorities that may have issued it. */
export const tlsAuthorities = (trust: Trust, peer: PeerKind): string[] =>
  [...anchorsOf(trust), ...authoritiesOf(trust, peer)].map((certificate) => certificate.toPem());

/**
 * Credentials with their own certificate alone: the other side has the authorities above it (`tlsAuthorities`), and a thin link
 * should not carry them again and again.
 */
export function leafOnly(credentials: TlsCredentials): TlsCredentials {
  const end = "-----END CERTIFICATE-----\n";
  return { ...credentials, cert: credentials.cert.slice(0, credentials.cert.indexOf(end) + end.length) };
}
