/**
 * Sealing and opening a package of one part of 1 MiB for one recipient, on one core, in memory and from file to file.
 *
 * The floor is the least work of node:crypto that gives (or takes) the same bytes, with nothing around it. Sealing: a P-256 key drawn from random
 * bytes, its agreement with the recipient's, one SHA-256 for the key derivation, AES-256 key wrap, AES-256-GCM over the content in one call, SHA-256 over
 * the ciphertext, SHA-256 over the manifest, one ECDSA signature over the signed attributes. Opening: one ECDSA verification, SHA-256 over manifest
 * and part, one agreement, the derivation's SHA-256, key unwrap, AES-256-GCM. The chain of a booth that was met before is not in it: its signatures are
 * remembered. Floor and ours take turns over the same few packages, each another than the one before, so that neither finds its bytes or its answer ready;
 * both get a new buffer of the content's size from node:crypto each time and pay for its pages. The median of each counts.
 *
 * `openssl cms` does the same work (encrypt and sign; verify and decrypt) from file to file as two processes each way; their start is measured by
 * itself and taken off for the second ratio.
 *
 *     npm run build && node dist/test/bench/seal.js
 */
import { spawnSync } from "node:child_process";
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passphraseFile, provision } from "../../crypto/authority/provision.ts";
import { parseAuthEnvelope } from "../../crypto/cms/auth-envelope.ts";
import { unwrapContentKey } from "../../crypto/cms/recipient.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { openPackage } from "../../crypto/package/open.ts";
import { sealPackage } from "../../crypto/package/seal.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { keyFromFile } from "../crypto/key-file.ts";
import { contentOf, tarEntries } from "../crypto/package/fixture.ts";

const megabyte = 1 << 20;
const rounds = 40;
const warmUp = 10;
/** Rounds in memory are short: more of them, and as many before that do not count, so that what is measured is a process that has run for seconds. */
const memoryRounds = 1000;
/** Packages that are opened in turn. */
const packageCount = 8;
const folder = mkdtempSync(join(tmpdir(), "kabina-bench-"));
const at = (name: string) => join(folder, name);
const tools = { clock: systemClock, random: systemRandom };

type Work = () => void | Promise<void>;

/** Milliseconds of each work, the median of rounds in which they alternate. */
async function medians(count: number, ...works: readonly Work[]): Promise<number[]> {
  return (await rounded(count, works)).map((times) => times[count >> 1]!);
}

/** The same, all times of each work in order. */
async function rounded(count: number, works: readonly Work[]): Promise<number[][]> {
  const times = works.map((): number[] => []);
  for (let round = -Math.max(warmUp, count === memoryRounds ? count : 0); round < count; round++)
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      await work();
      if (round >= 0) times[index]!.push(performance.now() - start);
    }
  return times.map((of) => of.sort((a, b) => a - b));
}
const median = async (work: Work): Promise<number> => (await medians(rounds, work))[0]!;

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`openssl ${args[0]} ${args[1]}: ${stderr}`);
}

async function openedKeys(data: string, side: string): Promise<FileKeyStore> {
  const place = join(data, side);
  return FileKeyStore.open(join(place, "keys"), await readPassphrase(passphraseFile(place)), systemRandom);
}
const keys = (side: string) => openedKeys(folder, side);

try {
  const { trust } = await provision(folder, tools);
  const signer = await (await keys("booth")).load("booth-identity");
  const recipient = await (await keys("server")).load("server-recipient");
  writeFileSync(at("content"), systemRandom(megabyte));

  const content = readFileSync(at("content"));
  const request = (of: Uint8Array) => ({
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
    parts: [{ name: "portrait", mediaType: "image/jpeg", content: of, recipients: [recipient.chain[0]!] }],
  });
  const options = { anchors: [trust.root], recipients: [recipient] };

  // In memory: ours and the floor.
  let written: Uint8Array[] = [];
  const packages: Buffer[] = [];
  for (let index = 0; index < packageCount; index++) {
    written = [];
    await sealPackage(request(content), { ...tools, signer }, (chunk) => void written.push(Uint8Array.from(chunk)));
    packages.push(Buffer.concat(written));
  }
  const whole = packages[0]!;
  const manifest = whole.subarray(512, 1536);
  const attributes = systemRandom(300);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const theirs = createECDH("prime256v1");
  const theirPoint = theirs.generateKeys();
  const keyOf = (shared: Uint8Array) => createHash("sha256").update(shared).update(attributes).digest();
  const initial = Buffer.alloc(8, 0xa6);
  const signature = sign("sha256", attributes, privateKey);
  let made: unknown;
  const sealFloor = () => {
    const own = createECDH("prime256v1");
    own.setPrivateKey(systemRandom(32));
    const point = own.getPublicKey();
    const [key, nonce] = [systemRandom(32), systemRandom(12)];
    const wrapper = createCipheriv("id-aes256-wrap", keyOf(own.computeSecret(theirPoint)), initial);
    const wrapped = Buffer.concat([wrapper.update(key), wrapper.final()]);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const ciphertext = cipher.update(content);
    cipher.final();
    createHash("sha256").update(ciphertext).digest("hex");
    createHash("sha256").update(manifest).digest();
    made = { point, wrapped, ciphertext, tag: cipher.getAuthTag(), signature: sign("sha256", attributes, privateKey) };
  };
  // What the floor opens: the parts of the same packages, their content keys wrapped for a key of the bench's own.
  const own = createECDH("prime256v1");
  const point = own.generateKeys();
  const floors: {
    part: Uint8Array;
    wrapped: Uint8Array;
    nonce: Uint8Array;
    ciphertext: Uint8Array;
    tag: Uint8Array;
  }[] = [];
  for (const one of packages) {
    const part = contentOf(tarEntries(one)[2]!);
    const { recipients, nonce, ciphertext, tag } = parseAuthEnvelope(part);
    const contentKey = unwrapContentKey(recipients[0]!, await recipient.agree(recipients[0]!.sent));
    const wrapper = createCipheriv("id-aes256-wrap", keyOf(theirs.computeSecret(point)), initial);
    floors.push({
      part,
      wrapped: Buffer.concat([wrapper.update(contentKey), wrapper.final()]),
      nonce,
      ciphertext,
      tag,
    });
  }
  let turn = 0;
  const openFloor = () => {
    const { part, wrapped, nonce, ciphertext, tag } = floors[turn++ % packageCount]!;
    createHash("sha256").update(manifest).digest();
    if (!verify("sha256", attributes, publicKey, signature)) throw new Error("floor");
    createHash("sha256").update(part).digest("hex");
    const unwrapper = createDecipheriv("id-aes256-wrap", keyOf(theirs.computeSecret(point)), initial);
    const key = Buffer.concat([unwrapper.update(wrapped), unwrapper.final()]);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(tag);
    made = decipher.update(ciphertext);
    decipher.final();
  };
  const sealInMemory = async () => {
    written = [];
    await sealPackage(request(content), { ...tools, signer }, (chunk) => void written.push(chunk));
  };
  const openInMemory = async () => {
    const one = packages[(turn + packageCount / 2) % packageCount]!;
    await openPackage([one], { ...options, now: new Date() }, ({ plaintext }) => {
      made = plaintext;
    });
  };
  const against = async (what: string, ours: Work, floor: Work) => {
    const [own, least] = (await rounded(memoryRounds, [ours, floor])) as [number[], number[]];
    const at = (part: number) =>
      [own[Math.floor(part * memoryRounds)]!, least[Math.floor(part * memoryRounds)]!] as const;
    const [[ms, floorMs], [quick, quickFloor]] = [at(0.5), at(0.1)];
    const ratio = ms / floorMs;
    console.log(
      `${what} in memory ${ms.toFixed(2)} ms, node:crypto floor ${floorMs.toFixed(2)} ms: ${ratio.toFixed(2)} (at most 1.3) ${ratio <= 1.3 ? "ok" : "MISSED"}`,
    );
    // What a busy machine disturbs least.
    console.log(
      `     fastest tenth ${quick.toFixed(2)} ms, floor ${quickFloor.toFixed(2)} ms: ${(quick / quickFloor).toFixed(2)}`,
    );
  };
  await against("seal", sealInMemory, sealFloor);
  await against("open", openInMemory, openFloor);
  if (!made) throw new Error("nothing was made");

  // What the other suites cost, in time and in bytes that the parts themselves have not.
  for (const suite of ["p384-sha384-aes256gcm/1", "mldsa65p256-mlkem768p256-aes256gcm/1"] as const) {
    const place = at(suite.replaceAll("/", "-"));
    const { trust: its } = await provision(place, tools, { suite });
    const booth = await openedKeys(place, "booth").then((store) => store.load("booth-identity"));
    const key = await openedKeys(place, "server").then((store) => store.load("server-recipient"));
    const asked = { ...request(content) };
    const parts = asked.parts.map((part) => ({ ...part, recipients: [key.chain[0]!] }));
    let bytes: Uint8Array[] = [];
    const sealIts = async () => {
      bytes = [];
      await sealPackage({ ...asked, parts }, { ...tools, signer: booth }, (chunk) => void bytes.push(chunk));
    };
    await sealIts();
    const package_ = Buffer.concat(bytes);
    const openIts = async () => {
      await openPackage([package_], { anchors: [its.root], recipients: [key], now: new Date() }, () => {});
    };
    const [sealMs, openMs] = (await medians(rounds, sealIts, openIts)) as [number, number];
    console.log(
      `${suite}: seal ${sealMs.toFixed(2)} ms, open ${openMs.toFixed(2)} ms in memory; a package of one part is ${package_.length - megabyte} bytes larger than the part (P-256: ${whole.length - megabyte})`,
    );
  }

  // From file to file: ours and openssl.
  const seal = await median(async () => {
    const file = openSync(at("p.kab"), "w");
    await sealPackage(
      request(readFileSync(at("content"))),
      { ...tools, signer },
      (chunk) => void writeSync(file, chunk),
    );
    closeSync(file);
  });
  const open = await median(async () => {
    const source = [readFileSync(at("p.kab"))];
    await openPackage(source, { ...options, now: new Date() }, (part) => writeFileSync(at("out"), part.plaintext));
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

  const line = (what: string, ours: number, theirs: number) => {
    const net = theirs - 2 * start;
    const rate = (1000 / ours).toFixed(0);
    console.log(`${what} from file to file ${ours.toFixed(2)} ms (${rate} MB/s per core)`);
    console.log(
      `      openssl cms ${theirs.toFixed(2)} ms, without two process starts of ${start.toFixed(2)} ms: ${net.toFixed(2)} ms`,
    );
    console.log(
      `      ratio ours / openssl: ${(ours / theirs).toFixed(2)}; without process starts: ${(ours / net).toFixed(2)}`,
    );
  };
  line("seal", seal, opensslSeal);
  line("open", open, opensslOpen);
} finally {
  rmSync(folder, { recursive: true });
}
