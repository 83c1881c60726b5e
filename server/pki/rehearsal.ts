/** Before a key is switched to: what the old one sealed or signed still holds, and the new one does the same work. Each returns what it has shown, or throws. */
import type { KeyObject } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditLog } from "../../crypto/audit/log.ts";
import { verifyAuditLog } from "../../crypto/audit/verify.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type CurveName, generateKey } from "../../crypto/keys/curve.ts";
import { FileKey } from "../../crypto/keys/file-key.ts";
import type { KeyPurpose, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { SuiteFileKey } from "../../crypto/keys/suite-file-key.ts";
import { openPackage } from "../../crypto/package/open.ts";
import { sealPackage } from "../../crypto/package/seal.ts";
import { signReceipt, verifyReceipt } from "../../crypto/receipt/receipt.ts";
import { suiteIds } from "../../crypto/suites/names.ts";
import { type KeyAlgorithm, kindOf, suites } from "../../crypto/suites/registry.ts";
import { randomUuid } from "../../crypto/uuid.ts";
import { closeListener, listen } from "../listening.ts";
import type { CertificateOffice } from "./office.ts";

export interface Rehearsal {
  readonly before: PrivateKeyHandle;
  /** The next key, with its certificate. */
  readonly after: PrivateKeyHandle;
  readonly office: CertificateOffice;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const day = 24 * 60 * 60_000; // ms
const text = "what a person gave";

export const rehearsals = { recipient, receipt, audit, tls } as const;

/** A package sealed for each key by a booth of this authority opens with both keys at hand, and with no other. */
async function recipient({ before, after, office, clock, random }: Rehearsal): Promise<string[]> {
  const { authority } = office;
  /** A booth of the suite whose packages a recipient opens. */
  const boothFor = async ({ algorithm }: PrivateKeyHandle): Promise<PrivateKeyHandle> => {
    const { signs } = suites[suiteIds.find((id) => suites[id].receives === algorithm)!];
    const made = passingKey("booth-identity", signs, random);
    return made(await authority.trial("booth-identity", made([])));
  };
  const anchors = authority.roots;
  const sealFor = async (to: PrivateKeyHandle) => {
    const booth = await boothFor(to);
    const chunks: Uint8Array[] = [];
    const [recipientCertificate] = to.chain;
    const place = { office: { id: "rehearsal", name: "rehearsal" } };
    const first = { chain: randomUuid(random), counter: 0, previous: null, heartbeat: null };
    const request_ = {
      boothId: booth.chain[0]!.commonName!,
      place,
      time: { ...first, bootId: randomUuid(random), monotonicMs: 0 },
      policyHash: "0".repeat(64),
      sessionId: Buffer.from(random(32)).toString("hex"),
      notAfter: new Date(clock.now().getTime() + day),
      parts: [
        { name: "enrolment", mediaType: "text/plain", content: Buffer.from(text), recipients: [recipientCertificate!] },
      ],
    };
    await sealPackage(request_, { signer: booth, clock, random }, (chunk) => void chunks.push(Uint8Array.from(chunk)));
    return Buffer.concat(chunks);
  };
  const opens = async (sealed: Buffer, recipients: readonly PrivateKeyHandle[]) => {
    let found = "";
    const options = { anchors, recipients, now: clock.now() };
    await openPackage(pieces(sealed), options, ({ plaintext }) => {
      found = Buffer.from(plaintext).toString();
    });
    if (found !== text) throw new KabinaError("package/part-undecryptable", { part: "enrolment" });
  };
  const [old, fresh] = [await sealFor(before), await sealFor(after)];
  await opens(old, [after, before]);
  await opens(fresh, [after, before]);
  await expectRefusal(() => opens(old, [after]), "package/recipient-wrong");
  return ["a package sealed for the old key opens", "a package sealed for the new key opens"];
}

/** A key of an algorithm in memory, which ends with the rehearsal; called with its chain. */
function passingKey(purpose: KeyPurpose, algorithm: KeyAlgorithm, random: RandomBytes) {
  const kind = kindOf(algorithm);
  const secret = kind ? kind.generate(random) : generateKey(algorithm as CurveName, random);
  return (chain: readonly Certificate[]): PrivateKeyHandle =>
    kind
      ? new SuiteFileKey(purpose, kind, secret as Uint8Array, chain)
      : new FileKey(purpose, secret as KeyObject, chain);
}

async function* pieces(sealed: Buffer): AsyncGenerator<Uint8Array> {
  yield sealed;
}

/** Receipts of both keys are believed, each with its own certificate. */
async function receipt({ before, after, office, clock, random }: Rehearsal): Promise<string[]> {
  const sha256 = Buffer.from(random(32)).toString("hex");
  const sent = { packageId: randomUuid(random), sha256, size: 1, boothId: "rehearsal" };
  const trust = { anchors: office.authority.roots };
  for (const key of [before, after])
    verifyReceipt(await signReceipt(sent, { outcome: "stored" }, clock.now(), key), sent, trust);
  return ["a receipt of the old key is believed", "a receipt of the new key is believed"];
}

/** A log that the old key began and the new one went on with verifies as a whole. */
async function audit({ before, after, office, clock }: Rehearsal): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "kabina-rehearsal-"));
  try {
    const path = join(folder, "audit.log");
    for (const key of [before, after]) {
      const log = await AuditLog.open(path, { origin: "kabina-rehearsal", key, clock });
      await log.append("rehearsal", {});
      await log.checkpoint();
      await log.close();
    }
    const { entries, unsigned } = await verifyAuditLog(path, { anchors: office.authority.roots });
    if (entries !== 2 || unsigned !== 0) throw new KabinaError("audit/proof-wrong", {});
    return ["a log of the old key verifies", "the new key goes on with it"];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A client that trusts this installation connects to a server with each key. */
async function tls({ before, after, office }: Rehearsal): Promise<string[]> {
  const ca = [...office.authority.roots, ...office.authorities("servers")].map((one) => one.toPem());
  for (const key of [before, after]) {
    const server = createServer({ ...key.tls(), minVersion: "TLSv1.3" }, (_request, response) => response.end(text));
    try {
      const port = await listen(server, 0, "127.0.0.1");
      await new Promise<void>((resolve, reject) => {
        const asking = request({ host: "localhost", port, ca, minVersion: "TLSv1.3" }, (answer) => {
          answer.resume();
          answer.on("end", resolve);
        });
        asking.on("error", reject);
        asking.end();
      });
    } finally {
      await closeListener(server);
    }
  }
  return ["a client connects to the old key", "a client connects to the new key"];
}

async function expectRefusal(run: () => Promise<unknown>, code: string): Promise<void> {
  const met = await run().then(
    () => undefined,
    (error: unknown) => (error instanceof KabinaError ? error.code : "unexpected"),
  );
  if (met !== code) throw new KabinaError("package/recipient-wrong", {});
}
