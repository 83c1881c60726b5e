/** An installation on disk with its authority's office and its door open, for tests. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Provisioned, passphraseFile, provision } from "../../../crypto/authority/provision.ts";
import type { Clock } from "../../../crypto/environment.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import { readPassphrase } from "../../../crypto/keys/passphrase.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import { openPki, type Pki, startPkiDoor } from "../../../server/pki/pki.ts";

const run = promisify(execFile);

export interface PkiInstallation {
  readonly data: string;
  readonly provisioned: Provisioned;
  /** Another one after `reopen`. */
  readonly pki: Pki;
  readonly port: number;
  readonly url: string;
  /** A clock that a test may push. */
  readonly clock: Clock & { aheadMs: number };
  path(name: string): string;
  keys(folder: "root" | "authority" | "server" | "booth"): Promise<FileKeyStore>;
  /** Runs openssl in the folder; resolves to what it prints, also when it fails. */
  openssl(...args: string[]): Promise<string>;
  curl(...args: string[]): Promise<string>;
  /** As a restart of the server: keys and register are read anew, the door opens at the same port. */
  reopen(): Promise<void>;
  remove(): Promise<void>;
}

export async function makePkiInstallation(): Promise<PkiInstallation> {
  const data = await mkdtemp(join(tmpdir(), "kabina-pki-"));
  const clock = {
    aheadMs: 0,
    now: () => new Date(systemClock.now().getTime() + clock.aheadMs),
    monotonic: () => systemClock.monotonic() + clock.aheadMs,
  };
  const tools = { clock, random: systemRandom };
  const provisioned = await provision(data, tools);
  const keys = async (folder: string) =>
    FileKeyStore.open(
      join(data, folder, "keys"),
      await readPassphrase(passphraseFile(join(data, folder))),
      systemRandom,
    );
  const faults: unknown[] = [];
  const open = async (wanted: number) => {
    const pki = (await openPki(data, {}, tools))!;
    const tls = await (await keys("server")).load("server-tls");
    const onFault = (error: unknown) => void faults.push(error);
    return { pki, door: await startPkiDoor(pki, { host: "127.0.0.1", port: wanted, tls: () => tls, clock, onFault }) };
  };
  let running = await open(0);
  const { port } = running.door;
  const close = async () => {
    await running.door.close();
    await running.pki.close();
  };
  const { root, booths, servers } = provisioned.trust;
  await writeFile(join(data, "root.pem"), root.toPem());
  await writeFile(join(data, "booths.pem"), booths.toPem());
  await writeFile(join(data, "chain.pem"), root.toPem() + booths.toPem() + servers.toPem());
  const program = async (name: string, args: string[]) =>
    run(name, args, { cwd: data, encoding: "latin1", maxBuffer: 16 << 20 }).then(
      ({ stdout, stderr }) => stdout + stderr,
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
  return {
    data,
    provisioned,
    get pki() {
      return running.pki;
    },
    port,
    url: `https://localhost:${port}`,
    clock,
    path: (name) => join(data, name),
    keys,
    openssl: (...args) => program("openssl", args),
    curl: (...args) => program("curl", ["-sS", "--max-time", "20", "--cacert", "chain.pem", ...args]),
    async reopen() {
      await close();
      running = await open(port);
    },
    async remove() {
      await close();
      await rm(data, { recursive: true, force: true });
      if (faults.length > 0) throw faults[0];
    },
  };
}
