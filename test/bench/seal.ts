/**
 * Sealing and opening a package of 1 MB against `openssl cms` doing the same work (encrypt and sign; verify and decrypt), on
 * one core, from file to file. openssl runs as two processes each way; their start is measured by itself and taken off for
 * the second ratio. The floor is node:crypto alone: the cipher, the hashes and the signature, no format.
 *
 *     npm run build && node dist/test/bench/seal.js
 */
import { spawnSync } from "node:child_process";
import { createCipheriv, createDecipheriv, createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passphraseFile, provision } from "../../crypto/authority/provision.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { openPackage } from "../../crypto/package/open.ts";
import { sealPackage } from "../../crypto/package/seal.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { keyFromFile } from "../crypto/key-file.ts";

const megabyte = 1 << 20;
const rounds = 40;
const warmUp = 10;
const folder = mkdtempSync(join(tmpdir(), "kabina-bench-"));
const at = (name: string) => join(folder, name);
const tools = { clock: systemClock, random: systemRandom };

async function median(work: () => void | Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const start = performance.now();
    await work();
    if (round >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`openssl ${args[0]} ${args[1]}: ${stderr}`);
}

async function keys(side: string): Promise<FileKeyStore> {
  return FileKeyStore.open(at(`${side}/keys`), await readPassphrase(passphraseFile(at(side))), systemRandom);
}

try {
  const { trust } = await provision(folder, tools);
  const signer = await (await keys("booth")).load("booth-identity");
  const recipient = await (await keys("server")).load("server-recipient");
  writeFileSync(at("content"), systemRandom(megabyte));

  const request = () => ({
    boothId: "booth-1",
    place: { office: { id: "office-1", name: "bench" } },
    time: {
      bootId: "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d",
      monotonicMs: 0,
      chain: "5d0c6c43-0f0e-4a55-8c6e-1f6c1b2a3d4e",
      counter: 0,
      previous: null,
      heartbeat: null,
    },
    policyHash: "00".repeat(32),
    sessionId: "00".repeat(32),
    notAfter: new Date(Date.now() + 86_400_000),
    parts: [
      {
        name: "portrait",
        mediaType: "image/jpeg",
        content: readFileSync(at("content")),
        recipients: [recipient.chain[0]!],
      },
    ],
  });
  const seal = await median(async () => {
    const file = openSync(at("p.kab"), "w");
    await sealPackage(request(), { ...tools, signer }, (chunk) => void writeSync(file, chunk));
    closeSync(file);
  });
  const options = { anchors: [trust.root], recipients: [recipient] };
  const open = await median(async () => {
    const source = [readFileSync(at("p.kab"))];
    await openPackage(source, { ...options, now: new Date() }, (part) => writeFileSync(at("out"), part.plaintext));
  });

  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [key, nonce] = [systemRandom(32), systemRandom(12)];
  let sealed = { ciphertext: Buffer.alloc(0), tag: Buffer.alloc(0), signature: Buffer.alloc(0) };
  const sealFloor = await median(() => {
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const ciphertext = cipher.update(readFileSync(at("content")));
    cipher.final();
    const digest = createHash("sha256").update(ciphertext).digest();
    sealed = { ciphertext, tag: cipher.getAuthTag(), signature: sign("sha256", digest, privateKey) };
    writeFileSync(at("floor"), ciphertext);
  });
  const openFloor = await median(() => {
    const ciphertext = readFileSync(at("floor"));
    const digest = createHash("sha256").update(ciphertext).digest();
    if (!verify("sha256", digest, publicKey, sealed.signature)) throw new Error("floor");
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(sealed.tag);
    const plaintext = decipher.update(ciphertext);
    decipher.final();
    writeFileSync(at("out"), plaintext);
  });

  const pem = (name: string, text: string) => writeFileSync(at(name), text, { mode: 0o600 });
  const purposes = { booth: "booth-identity", server: "server-recipient" } as const;
  for (const side of ["booth", "server"] as const) {
    const passphrase = await readPassphrase(passphraseFile(at(side)));
    // The judge gets an open key: it should not pay for a passphrase each time where we do not.
    pem(`${side}.key`, keyFromFile(at(`${side}/keys`), purposes[side], passphrase));
  }
  pem("signer.pem", signer.chain[0]!.toPem());
  pem("issuer.pem", signer.chain[1]!.toPem());
  pem("recipient.pem", recipient.chain[0]!.toPem());
  pem("root.pem", trust.root.toPem());
  const der = ["-binary", "-outform", "DER"];
  const start = await median(() => openssl("version"));
  const opensslSeal = await median(() => {
    const wrap = ["-aes-256-gcm", "-recip", at("recipient.pem"), "-keyopt", "ecdh_kdf_md:sha256", "-aes256-wrap"];
    openssl("cms", "-encrypt", ...der, "-in", at("content"), "-out", at("part.p7m"), ...wrap);
    const by = ["-signer", at("signer.pem"), "-inkey", at("booth.key"), "-certfile", at("issuer.pem"), "-cades"];
    openssl("cms", "-sign", ...der, "-in", at("part.p7m"), "-out", at("part.p7s"), ...by);
  });
  const opensslOpen = await median(() => {
    const signature = ["-inform", "DER", "-in", at("part.p7s"), "-content", at("part.p7m"), "-CAfile", at("root.pem")];
    openssl("cms", "-verify", "-binary", ...signature, "-purpose", "any", "-out", "/dev/null");
    const with_ = ["-inkey", at("server.key"), "-recip", at("recipient.pem")];
    openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-in", at("part.p7m"), ...with_, "-out", at("out"));
  });

  const line = (what: string, ours: number, floor: number, theirs: number) => {
    const net = theirs - 2 * start;
    const rate = (1000 / ours).toFixed(0);
    console.log(`${what}  ${ours.toFixed(2)} ms (${rate} MB/s per core); node:crypto floor ${floor.toFixed(2)} ms`);
    console.log(
      `      openssl cms ${theirs.toFixed(2)} ms, without two process starts of ${start.toFixed(2)} ms: ${net.toFixed(2)} ms`,
    );
    console.log(
      `      ratio ours / openssl: ${(ours / theirs).toFixed(2)}; without process starts: ${(ours / net).toFixed(2)}; ours / floor: ${(ours / floor).toFixed(2)}`,
    );
  };
  line("seal", seal, sealFloor, opensslSeal);
  line("open", open, openFloor, opensslOpen);
} finally {
  rmSync(folder, { recursive: true });
}
