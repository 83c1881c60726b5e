/**
 * Keys in a token, from the booth's signature to the server's opening. What would be lost: the promise that a stolen disk holds no key, or an
 * enrolment half signed when somebody pulls the token out.
 */
import { verify } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { provision } from "../../../crypto/authority/provision.ts";
import { readTrust } from "../../../crypto/authority/trust.ts";
import { oids } from "../../../crypto/certificate/oids.ts";
import { explain } from "../../../crypto/errors/catalogue.ts";
import { generateKey, publicPoint } from "../../../crypto/keys/curve.ts";
import { FileKey } from "../../../crypto/keys/file-key.ts";
import type { KeyStore } from "../../../crypto/keys/key.ts";
import { listKeys, openKeyStore } from "../../../crypto/keys/open-store.ts";
import { unwrapSessionKey, wrapSessionKey } from "../../../crypto/keys/session-key.ts";
import { TokenVault, writeTokenFile } from "../../../crypto/keys/token-vault.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { Pkcs11Module } from "../../../crypto/pkcs11/module.ts";
import { Token } from "../../../crypto/pkcs11/token.ts";
import { signReceipt, verifyReceipt } from "../../../crypto/receipt/receipt.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import { requestFor, sealBytes } from "../package/fixture.ts";
import { describeSoftHsm, pinSource, softHsm, softhsmModule } from "./softhsm.ts";

describeSoftHsm("keys in a token", () => {
  let hsm: Awaited<ReturnType<typeof softHsm>>;
  let data: string;
  const keysOf = (place: string) => join(data, place, "keys");
  const open = (place: string): Promise<KeyStore> =>
    openKeyStore(
      keysOf(place),
      {
        passphrase: () => readFile(join(data, place, "passphrase")).then((bytes) => bytes.subarray(0, -1)),
        pin: pinSource,
      },
      systemRandom,
    );

  beforeAll(async () => {
    hsm = await softHsm("authority", "server", "booth");
    data = await mkdtemp(join(tmpdir(), "kabina-token-"));
    const tools = { clock: systemClock, random: systemRandom, pin: pinSource };
    for (const [place, purposes] of [
      ["authority", ["authority-root", "authority-booths", "authority-servers"]],
      ["server", ["server-receipt", "server-recipient", "server-audit"]],
      ["booth", ["booth-identity"]],
    ] as const) {
      await mkdir(keysOf(place), { recursive: true, mode: 0o700 });
      const token = Pkcs11Module.load(softhsmModule).find({ label: place });
      await writeTokenFile(keysOf(place), {
        format: "kabina-token/1",
        module: softhsmModule,
        token: { label: token.label, serial: token.serial },
        protection: "pkcs11",
        purposes: [...purposes],
      });
    }
    await provision(data, tools);
  }, 60_000);
  afterAll(async () => {
    await rm(data, { recursive: true });
    await rm(hsm.folder, { recursive: true });
  });

  it("an authority, a server and a booth are provisioned with them, and no key of theirs is on the disk", async () => {
    const places = await Promise.all(["authority", "server", "booth"].map((place) => listKeys(keysOf(place))));
    const protections = Object.fromEntries(places.flat().map(({ purpose, protection }) => [purpose, protection]));
    expect(protections).toMatchObject({
      "authority-booths": "pkcs11",
      "server-receipt": "pkcs11",
      "server-recipient": "pkcs11",
      "booth-identity": "pkcs11",
      "booth-journal": "file",
    });
    for (const name of (await readdir(keysOf("server"))).filter((one) =>
      /^server-(receipt|recipient|audit)\.key/.test(one),
    ))
      expect(await readFile(join(keysOf("server"), name), "utf8")).not.toContain("sealed");
  });

  it("the booth seals with its key in a token, the server opens with its key in another, and its receipt verifies", async () => {
    const [booth, server] = await Promise.all([open("booth"), open("server")]);
    const [signer, recipient, receipts] = [
      await booth.load("booth-identity"),
      await server.load("server-recipient"),
      await server.load("server-receipt"),
    ];
    expect([signer.protection, recipient.protection]).toEqual(["pkcs11", "pkcs11"]);
    const recipients = [recipient.chain[0]!];
    const content = Buffer.from("a portrait, or so it says");
    const parts = [
      { name: "enrolment", mediaType: "application/json", content: Buffer.from("{}"), recipients },
      { name: "portrait", mediaType: "image/jpeg", content, recipients },
    ];
    const now = new Date();
    const notAfter = new Date(now.getTime() + 80 * 86_400_000);
    const { time } = requestFor([]);
    const sealed = await sealBytes({ ...requestFor(parts), time, notAfter }, signer, "token", now);
    const anchors = [(await readTrust(join(data, "server", "trust"))).root];
    const opened: string[] = [];
    const options = { anchors, now, recipients: [recipient] };
    const { manifest } = await openPackage([sealed.bytes], options, (part) => {
      opened.push(Buffer.from(part.plaintext).toString());
    });
    expect(opened).toEqual(["{}", content.toString()]);
    const sent = { packageId: manifest.packageId, sha256: sealed.sha256, size: sealed.size, boothId: "booth-1" };
    const receipt = await signReceipt(sent, { outcome: "stored" }, now, receipts);
    expect(verifyReceipt(receipt, sent, { anchors }).outcome).toBe("stored");
    await Promise.all([booth.close(), server.close()]);
  });

  it("a booth with its identity in a token speaks TLS with a key of its own, which may sign no package", async () => {
    const booth = await open("booth");
    const [identity, tls] = await Promise.all([booth.load("booth-identity"), booth.load("booth-tls")]);
    expect(() => identity.tls()).toThrow("token/no-tls");
    expect([tls.protection, tls.chain[0]?.commonName, tls.chain[0]?.extendedKeyUsage]).toEqual([
      "file",
      "booth-1",
      [oids.clientAuth],
    ]);
    expect(tls.tls().key).toContain("PRIVATE KEY");
    await booth.close();
  });

  it("nobody reads a key out of a token, and a key of one purpose does not serve another", async () => {
    const module = Pkcs11Module.load(softhsmModule);
    const token = new Token(module, { label: "booth" }, pinSource);
    const { api, calls } = module;
    await token.use(async (session) => {
      calls.C_FindObjectsInit(session, [{ type: api.CKA_CLASS, value: api.CKO_PRIVATE_KEY }]);
      const object = calls.C_FindObjects(session)!;
      calls.C_FindObjectsFinal(session);
      expect(() => calls.C_GetAttributeValue(session, object, [{ type: api.CKA_VALUE }])).toThrow();
    });
    await token.close();
    const [record] = await Promise.all([readFile(join(keysOf("booth"), "booth-identity.key.json"), "utf8")]);
    const forged = JSON.parse(record!.replace('"booth-identity"', '"operator"'));
    const vault = await TokenVault.open(
      JSON.parse(await readFile(join(keysOf("booth"), "token.json"), "utf8")),
      pinSource,
    );
    await expect(vault.open(forged, [])).rejects.toMatchObject({ code: "token/key-missing" });
    await vault.close();
  });

  it("a session's key is wrapped for a key in a token, P-384 signs and agrees there, and rotation destroys it", async () => {
    const vault = await TokenVault.open(
      JSON.parse(await readFile(join(keysOf("booth"), "token.json"), "utf8")),
      pinSource,
    );
    const journal = await vault.open(await vault.make("booth-journal", "P-256"), []);
    const wrapped = wrapSessionKey(Buffer.alloc(32, 7), journal.publicKeyInfo, "session", systemRandom);
    expect(Buffer.from(await unwrapSessionKey(wrapped, journal, "session"))).toEqual(Buffer.alloc(32, 7));
    const record = await vault.make("operator", "P-384");
    const key = await vault.open(record, []);
    const message = Buffer.from("message");
    expect(verify("sha384", message, key.publicKey, await key.sign(message))).toBe(true);
    const peer = new FileKey("operator", generateKey("P-384", systemRandom));
    expect(await key.agree(publicPoint(peer.publicKey))).toEqual(
      new Uint8Array(await peer.agree(publicPoint(key.publicKey))),
    );
    await vault.destroy(record);
    await expect(vault.open(record, [])).rejects.toMatchObject({ code: "token/key-missing" });
    await vault.close();
  });

  it("a wrong PIN is tried once and never again by itself, and no failure says what it was", async () => {
    // Another session of this process that is logged in would make any PIN do.
    Pkcs11Module.load(softhsmModule).calls.C_CloseAllSessions(
      Pkcs11Module.load(softhsmModule).find({ label: "server" }).slot,
    );
    let asked = 0;
    const wrong = async () => {
      asked++;
      return Buffer.from("999999");
    };
    const token = new Token(Pkcs11Module.load(softhsmModule), { label: "server" }, wrong);
    for (let turn = 0; turn < 3; turn++) {
      const failure = await token.login().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "token/pin-wrong" });
      expect(JSON.stringify([failure, explain(failure)])).not.toContain("999999");
    }
    expect(asked).toBe(1);
    await token.close();
  });

  it("without the token, with another one, without its module: each says what is missing", async () => {
    const file = JSON.parse(await readFile(join(keysOf("booth"), "token.json"), "utf8"));
    const opening = (change: object) => TokenVault.open({ ...file, ...change }, pinSource);
    await expect(opening({ token: { label: "nobody", serial: "1" } })).rejects.toMatchObject({ code: "token/missing" });
    await expect(opening({ module: "/nowhere.so" })).rejects.toMatchObject({ code: "token/module-failed" });
    const store = await openKeyStore(keysOf("booth"), { passphrase: async () => Buffer.from("x") }, systemRandom);
    await expect(store.load("booth-identity")).rejects.toMatchObject({ code: "token/pin-missing" });
  });

  it("the token is pulled out: what is under way fails as a whole, with a code that says so", async () => {
    const server = await open("server");
    const key = await server.load("server-receipt");
    const message = Buffer.from("message");
    expect(verify("sha256", message, key.publicKey, await key.sign(message))).toBe(true);
    await hsm.away();
    const recipient = await server.load("server-recipient").catch((error: unknown) => error);
    const failure = await key.sign(message).catch((error: unknown) => error);
    expect([recipient, failure]).toEqual([
      expect.objectContaining({ code: expect.stringMatching(/^token\/(removed|missing|key-missing|failed)$/) }),
      expect.objectContaining({ code: expect.stringMatching(/^token\/(removed|missing|key-missing|failed)$/) }),
    ]);
    await hsm.back();
    await server.close();
  });
});
