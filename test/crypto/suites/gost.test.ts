/**
 * The GOST suite, judged by the engine's own openssl and by TC26's samples. What would be lost: a signature that Russian verifiers do not take, or a package
 * that is taken without its signature having been looked at where the engine is missing.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Authority } from "../../../crypto/authority/authority.ts";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { readDer } from "../../../crypto/der/reader.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { decodeManifest } from "../../../crypto/package/manifest.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import { signReceipt, verifyReceipt } from "../../../crypto/receipt/receipt.ts";
import { gost, gostEngineArguments, gostSignature, loadGostEngine } from "../../../crypto/suites/gost.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { MemoryKeyStore, seededRandom } from "../deterministic-key.ts";
import {
  clockAt,
  contentOf,
  issuedAt,
  makeWorld,
  packSigned,
  requestFor,
  sealBytes,
  tarEntries,
} from "../package/fixture.ts";
import { publishedFolder, whenPublished } from "../published.ts";

const engine = "/usr/lib/x86_64-linux-gnu/engines-3/gost.so";

// First, while no engine is loaded in this process.
describe("without the engine", () => {
  it("everything of the suite is refused by its code, and nothing is taken for signed", async () => {
    await expect(Promise.resolve().then(() => loadGostEngine("/nowhere/gost.so"))).rejects.toMatchObject({
      code: "suite/module-missing",
    });
    expect(gostEngineArguments()).toEqual([]);
    expect(() => gostSignature.open(new Uint8Array(32))).toThrow(
      expect.objectContaining({ code: "suite/module-missing" }),
    );
    const world = await makeWorld("gost absent");
    const parts = [
      {
        name: "portrait",
        mediaType: "image/jpeg",
        content: new Uint8Array(9),
        recipients: [world.recipient.chain[0]!],
      },
    ];
    const { bytes } = await sealBytes(requestFor(parts), world.booth);
    const manifest = decodeManifest(contentOf(tarEntries(bytes)[0]!));
    const named = await packSigned({ ...manifest, suite: gost.id }, world.booth, []);
    await expect(verifyPackage([named], world.options)).rejects.toMatchObject({ code: "suite/module-missing" });
  });
});

function whenEngine(title: string, tests: () => void): void {
  if (existsSync(engine)) {
    describe(title, tests);
    return;
  }
  process.stderr.write(`skipped: ${title}: no engine at ${engine} (Debian: libengine-gost-openssl)\n`);
  describe.skip(title, () => it("has no engine here", () => {}));
}

whenEngine("with the engine", () => {
  let folder: string;
  let authority: Authority;
  let booth: PrivateKeyHandle;
  let recipient: PrivateKeyHandle;
  const passphrase = Buffer.from("a passphrase of some length");
  const at = (name: string) => join(folder, name);
  const options = () => ({ anchors: [authority.root], now: new Date("2026-11-22T00:00:00Z") });
  const openssl = (...args: string[]) =>
    promisify(execFile)("openssl", args, { env: { PATH: process.env.PATH, OPENSSL_CONF: at("gost.cnf") } });

  beforeAll(async () => {
    loadGostEngine(engine);
    // The processes that this one starts have it too.
    expect(gostEngineArguments()).toEqual(["--gost-engine", engine]);
    folder = await mkdtemp(join(tmpdir(), "kabina-gost-"));
    const random = seededRandom("gost");
    authority = await Authority.open(folder, new MemoryKeyStore(random), { clock: clockAt(issuedAt), random });
    const certified = async (
      purpose: "booth-identity" | "server-recipient",
      name: string,
      algorithm: "GOST-2012-256" | "P-256",
    ) => {
      const store = await FileKeyStore.openOrCreate(at(purpose), passphrase, systemRandom);
      const key = await store.generate(purpose, algorithm);
      return store.certify(purpose, await authority.issue(purpose, key, name));
    };
    booth = await certified("booth-identity", "booth-1", "GOST-2012-256");
    recipient = await certified("server-recipient", "recipient", "P-256");
    await writeFile(
      at("gost.cnf"),
      `openssl_conf = init\n[init]\nengines = engines\n[engines]\ngost = gost\n[gost]\nengine_id = gost\ndynamic_path = ${engine}\ndefault_algorithms = ALL\n`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  const seal = () =>
    sealBytes(
      requestFor([
        {
          name: "portrait",
          mediaType: "image/jpeg",
          content: Buffer.from("a portrait"),
          recipients: [recipient.chain[0]!],
        },
      ]),
      booth,
    );

  it("seals, verifies and opens; the engine's openssl verifies manifest and certificate, and refuses another manifest", async () => {
    const { bytes } = await seal();
    const opened: string[] = [];
    const { manifest } = await openPackage([bytes], { ...options(), recipients: [recipient] }, ({ plaintext }) => {
      opened.push(Buffer.from(plaintext).toString());
    });
    expect([manifest.suite, opened]).toEqual([gost.id, ["a portrait"]]);

    const [json, p7s] = tarEntries(bytes).map(contentOf);
    await writeFile(at("manifest.json"), json!);
    await writeFile(at("other.json"), `${json} `);
    await writeFile(at("manifest.p7s"), p7s!);
    await writeFile(at("root.pem"), authority.root.toPem());
    const moment = String(Date.parse(manifest.createdAt) / 1000);
    const verify = (content: string) =>
      openssl(
        ...["cms", "-verify", "-binary", "-inform", "DER", "-in", at("manifest.p7s"), "-content", at(content)],
        ...["-CAfile", at("root.pem"), "-purpose", "any", "-attime", moment, "-out", at("out")],
      );
    expect((await verify("manifest.json")).stderr).toMatch(/successful/i);
    await expect(verify("other.json")).rejects.toThrow();
  });

  it("a flipped bit of the signature, and a key file that is not one, are refused", async () => {
    const { publicKey, sign } = gostSignature.open(gostSignature.generate(systemRandom));
    const data = Buffer.from("data");
    const signature = Buffer.from(await sign!(data));
    expect(gostSignature.verify!(publicKey, data, signature)).toBe(true);
    signature[5]! ^= 1;
    expect(gostSignature.verify!(publicKey, data, signature)).toBe(false);
    expect(gostSignature.verify!(publicKey, data, signature.subarray(1))).toBe(false);
  });

  it("a key of it is not called damaged by a process that has no engine", async () => {
    const built = (file: string) => new URL(`../../../dist/crypto/${file}.js`, import.meta.url).href;
    const passphrase = Buffer.from("a passphrase of a test");
    const store = await FileKeyStore.openOrCreate(at("elsewhere"), passphrase, systemRandom);
    await store.generate("booth-identity", "GOST-2012-256");
    const script = `const { FileKeyStore } = await import(${JSON.stringify(built("keys/file-store"))});
      const { systemRandom } = await import(${JSON.stringify(built("system-environment"))});
      const store = await FileKeyStore.open(process.argv[1], Buffer.from("a passphrase of a test"), systemRandom);
      console.log(await store.load("booth-identity").then(() => "opened", ({ code }) => code));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "-e",
      script,
      at("elsewhere"),
    ]);
    expect(stdout.trim()).toBe("suite/module-missing");
  });

  it("a receipt signed by such a key is believed", async () => {
    const store = await FileKeyStore.openOrCreate(at("receipts"), passphrase, systemRandom);
    const key = await store.generate("server-receipt", "GOST-2012-256");
    const receipts = await store.certify("server-receipt", await authority.issue("server-receipt", key, "receipts"));
    const sealed = await seal();
    const sent = { packageId: sealed.packageId, sha256: sealed.sha256, size: sealed.size, boothId: "booth-1" };
    const signed = await signReceipt(sent, { outcome: "stored" }, new Date("2026-11-21T18:30:00Z"), receipts);
    expect(verifyReceipt(signed, sent, { anchors: [authority.root] }).outcome).toBe("stored");
  });

  whenPublished(publishedFolder("TC26", "gost/tc26_cms/"))("TC26's samples", () => {
    it("the certificates of root and originator (256 bits) are signed by the root, and by nobody else", async () => {
      const read = async (name: string) => {
        const pem = await readFile(join(publishedFolder("TC26", "gost/tc26_cms/"), name), "latin1");
        const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
        const outer = readDer(der);
        const info = readDer(new Certificate(der).publicKeyInfo);
        return { body: outer.child(0).raw, signature: outer.child(2).bits(), key: info.child(1).bits() };
      };
      const [root, sender] = [await read("root256_cert.pem"), await read("sender256_cert.pem")];
      for (const one of [root, sender]) expect(gostSignature.verify!(root.key, one.body, one.signature)).toBe(true);
      expect(gostSignature.verify!(sender.key, sender.body, sender.signature)).toBe(false);
    });
  });
});
