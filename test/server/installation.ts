/** An installation for tests: authority, one server, two booths, in a temporary folder, with keys that live in memory. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../crypto/authority/authority.ts";
import type { Trust } from "../../crypto/authority/trust.ts";
import { subjectAltName } from "../../crypto/certificate/extensions.ts";
import type { Clock } from "../../crypto/environment.ts";
import { FileKey } from "../../crypto/keys/file-key.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { KeyRing } from "../../crypto/keys/key-ring.ts";
import { type SealedPackage, type SealPart, type SealRequest, sealPackageToFile } from "../../crypto/package/seal.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { randomUuid } from "../../crypto/uuid.ts";
import type { ServerIdentity } from "../../server/keys.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../server/main.ts";
import { MemoryKeyStore } from "../crypto/deterministic-key.ts";
import { type PlainKey, writePlainIdentity } from "../processes/plain-identity.ts";

export type SealedFile = SealedPackage & { readonly path: string; readonly sha256: string };

export interface TestInstallation {
  readonly folder: string;
  readonly serverFolder: string;
  readonly identity: ServerIdentity;
  readonly trust: Trust;
  readonly booth: PrivateKeyHandle;
  readonly otherBooth: PrivateKeyHandle;
  /** Seals a package of `booth-1` into a file; `bytes` of contents that nobody can compress. */
  seal(bytes: number, change?: Partial<SealRequest>, signer?: PrivateKeyHandle, sealing?: Clock): Promise<SealedFile>;
  /** Starts the server; by default an intake by itself on a free port. */
  start(options?: Partial<ServerOptions>): Promise<RunningServer>;
  remove(): Promise<void>;
}

/** `issuedAt`: the authority's clock, for certificates that are expired or not yet valid. */
export async function makeInstallation(clock: Clock = systemClock): Promise<TestInstallation> {
  const folder = await mkdtemp(join(tmpdir(), "kabina-installation-"));
  const random = systemRandom;
  const authority = await Authority.open(join(folder, "authority"), new MemoryKeyStore(random), { clock, random });
  const plain: PlainKey[] = [];
  const certified = async (purpose: Parameters<Authority["issue"]>[0], name: string) => {
    const store = new MemoryKeyStore(random);
    const key = await store.generate(purpose);
    const names =
      purpose === "server-tls" ? [subjectAltName({ dns: ["localhost"], ip: [Uint8Array.of(127, 0, 0, 1)] })] : [];
    const chain = await authority.issue(purpose, key, name, names);
    const handle = new FileKey(purpose, key.privateKey, chain);
    plain.push({ handle, privateKey: key.privateKey });
    return handle;
  };
  const recipient = await certified("server-recipient", "recipient");
  const identity: ServerIdentity = {
    recipients: new KeyRing([recipient]),
    keys: {
      tls: await certified("server-tls", "server"),
      receipt: await certified("server-receipt", "receipts"),
      recipient,
      audit: await certified("server-audit", "audit"),
    },
    trust: {
      ...authority,
      root: authority.root,
      booths: authority.booths,
      servers: authority.servers,
      former: { roots: [], booths: [], servers: [] },
      recipients: [recipient.chain[0]!],
    },
  };
  const booth = await certified("booth-identity", "booth-1");
  writePlainIdentity(join(folder, "identity.json"), plain, identity.trust);
  const otherBooth = await certified("booth-identity", "booth-2");
  let count = 0;
  /** The line of each signer's packages, as a booth keeps it. */
  const lines = new Map<string, SealRequest["time"]>();
  return {
    folder,
    serverFolder: join(folder, "server"),
    identity,
    trust: identity.trust,
    booth,
    otherBooth,
    async seal(bytes, change = {}, signer = booth, sealing = clock) {
      const path = join(folder, `sealed-${++count}.kab`);
      const content = systemRandom(bytes);
      const parts = [{ name: "portrait", mediaType: "image/jpeg", content, recipients: identity.trust.recipients }];
      const time = lines.get(signer.keyId) ?? firstOf(randomUuid(systemRandom));
      const request = sealRequest(parts, signer.chain[0]?.commonName ?? "", { time, ...change });
      const made = await sealPackageToFile(path, request, { signer, clock: sealing, random });
      if (change.time === undefined)
        lines.set(signer.keyId, { ...time, counter: time.counter + 1, previous: made.manifestSha256 });
      return { ...made, path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
    },
    start: (options = {}) =>
      startServer({
        folder: join(folder, "server"),
        identity,
        clock,
        random,
        intake: { host: "127.0.0.1", port: 0 },
        log: () => undefined,
        ...options,
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Evidence of the first package of a line, before the booth has heard of the server. */
const firstOf = (chain: string): SealRequest["time"] => ({
  bootId: "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d",
  monotonicMs: 1,
  chain,
  counter: 0,
  previous: null,
  heartbeat: null,
});

export function sealRequest(
  parts: readonly SealPart[],
  boothId: string,
  change: Partial<SealRequest> = {},
): SealRequest {
  return {
    boothId,
    place: { office: { id: "office-1", name: "Office 1" } },
    time: firstOf(randomUuid(systemRandom)),
    policyHash: "ab".repeat(32),
    sessionId: "cd".repeat(32),
    notAfter: new Date(Date.now() + 30 * 86_400_000),
    parts,
    ...change,
  };
}
