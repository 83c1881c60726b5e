/** What would be lost: a booth that cannot reach its server at first start, or one that trusts a stranger. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readInstallation } from "../../../crypto/authority/installation.ts";
import { passphraseFile, provision } from "../../../crypto/authority/provision.ts";
import { readTrust, tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { KeyPurpose } from "../../../crypto/keys/key.ts";
import { readPassphrase } from "../../../crypto/keys/passphrase.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";

const run = promisify(execFile);
const tools = { clock: systemClock, random: systemRandom };
let data: string;

const keysOf = async (folder: string) =>
  FileKeyStore.open(join(data, folder, "keys"), await readPassphrase(passphraseFile(join(data, folder))), systemRandom);

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "kabina-provision-"));
  await provision(data, tools);
});
afterAll(() => rm(data, { recursive: true, force: true }));

describe("provision", () => {
  it("is idempotent: a second run keeps every key and certificate", async () => {
    const before = (await (await keysOf("booth")).load("booth-identity")).chain[0]!.sha256;
    const again = await provision(data, tools, { serverUrl: "https://localhost:9999" });
    expect(again.installation.fingerprints.booth).toBe(before);
    expect((await readInstallation(join(data, "booth"))).serverUrl).toBe("https://localhost:9999");
  });

  it.each<[string, KeyPurpose, string]>([
    ["booth", "booth-identity", "sslclient"],
    ["server", "server-tls", "sslserver"],
    ["server", "server-receipt", "any"],
    ["server", "server-recipient", "any"],
    ["server", "server-audit", "any"],
  ])("openssl accepts the chain of %s %s as %s", async (folder, purpose, opensslPurpose) => {
    const { chain } = await (await keysOf(folder)).load(purpose);
    const leaf = join(data, `${purpose}.pem`);
    const issuer = join(data, `${purpose}-issuer.pem`);
    await writeFile(leaf, chain[0]!.toPem());
    await writeFile(issuer, chain[1]!.toPem());
    const root = join(data, "booth/trust/root.pem");
    const args = ["verify", "-x509_strict", "-purpose", opensslPurpose, "-CAfile", root, "-untrusted", issuer, leaf];
    const { stdout } = await run("openssl", args);
    expect(stdout).toContain("OK");
  });

  it("gives keys that speak mutual TLS, with the authority's folder away", async () => {
    await rename(join(data, "authority"), join(data, "authority-away"));
    const serverTrust = await readTrust(join(data, "server/trust"));
    const boothTrust = await readTrust(join(data, "booth/trust"));
    const server = createServer({
      ...(await (await keysOf("server")).load("server-tls")).tls(),
      ca: tlsAuthorities(serverTrust, "booths"),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "secureConnection");
    const client = connect({
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      ...(await (await keysOf("booth")).load("booth-identity")).tls(),
      ca: tlsAuthorities(boothTrust, "servers"),
    });
    await once(client, "secureConnect");
    const [socket] = (await accepted) as [TLSSocket];
    expect(client.authorized).toBe(true);
    expect(socket.getPeerCertificate().subject.CN).toBe("booth-1");
    client.destroy();
    socket.destroy();
    server.close();
    await rename(join(data, "authority-away"), join(data, "authority"));
  });

  it("may be cut off anywhere: the next run completes it, and its chains hold", async () => {
    for (const draws of [4, 11, 22]) {
      const cut = await mkdtemp(join(tmpdir(), "kabina-cut-"));
      let left = draws;
      const random = (length: number) => {
        if (left-- === 0) throw new Error("power cut");
        return systemRandom(length);
      };
      await expect(provision(cut, { ...tools, random })).rejects.toThrow("power cut");
      const { trust } = await provision(cut, tools);
      const store = await FileKeyStore.open(
        join(cut, "booth/keys"),
        await readPassphrase(passphraseFile(join(cut, "booth"))),
        systemRandom,
      );
      const { chain } = await store.load("booth-identity");
      expect(chain[0]!.isSignedBy(trust.booths) && trust.booths.isSignedBy(trust.root)).toBe(true);
      await rm(cut, { recursive: true });
    }
  }, 120_000);

  it("keeps keys and passphrases to their owner", async () => {
    for (const file of ["booth/passphrase", "booth/keys/booth-identity.key.json", "server/keys/store.json"])
      expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
  });
});
