/** Policy signed with an officer's card, as the console and docs/operations.md say. What would be lost: dual control by those who have cards. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { defaultPolicy } from "../../../crypto/policy/session-policy.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import type { PolicyShown } from "../../../server/security/api.ts";
import { certifyCard, makeOfficerKey, openOfficer, readCardRequest } from "../../../server/staff/officer-keys.ts";
import { describeSoftHsm, pin, softHsm, softhsmModule } from "../../crypto/pkcs11/softhsm.ts";
import type { ConsoleClient } from "../console-client.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";
import { signatureOver } from "./officers.ts";

const run = promisify(execFile);
const program = new URL("../../../dist/cli/kabina.js", import.meta.url).pathname;

describeSoftHsm("an officer's card", () => {
  let hsm: Awaited<ReturnType<typeof softHsm>>;
  let folder: string;
  let staffed: StaffedServer;
  const [one, two] = ["security-officer", "security-officer-2"] as const;

  /** `kabina …` with the token in sight and a PIN on descriptor 3: its exit code and what it said. */
  const kabina = (typed: string, ...args: string[]) =>
    new Promise<{ code: number | null; said: string }>((resolve) => {
      const child = spawn(process.execPath, [program, ...args, "--module", softhsmModule, "--pin-fd", "3"], {
        env: { ...hsm.env, NODE_OPTIONS: "" },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      });
      const descriptor = child.stdio[3] as NodeJS.WritableStream;
      // Who refuses before the PIN is asked for does not read it.
      descriptor.on("error", () => {});
      descriptor.end(`${typed}\n`);
      let said = "";
      for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (data) => (said += data));
      child.once("close", (code) => resolve({ code, said }));
    });

  beforeAll(async () => {
    hsm = await softHsm("officer-2");
    folder = await mkdtemp(join(tmpdir(), "kabina-officer-card-"));
    staffed = await startStaffedServer();
    const tool = (...args: string[]) =>
      run("pkcs11-tool", ["--module", softhsmModule, "--token-label", "officer-2", "--login", "--pin", pin, ...args], {
        env: hsm.env,
      });
    const [csr, der] = [join(folder, "csr"), join(folder, "der")];
    await tool("--keypairgen", "--key-type", "EC:prime256v1", "--id", "02", "--label", "signing");
    const asked = await kabina(pin, "card", "request", "--token", "officer-2", "--name", two, "--out", csr);
    expect(asked).toMatchObject({
      code: 0,
      said: expect.stringMatching(/fingerprint, for the officer.*: ([0-9a-f]{4} ?){16}/),
    });
    expect(await run("openssl", ["req", "-in", csr, "-verify", "-noout", "-subject"])).toMatchObject({
      stderr: expect.stringContaining("verify OK"),
    });
    const { pki, clock } = staffed.installation;
    const at = clock.now().toISOString();
    const request = await readCardRequest(await readFile(csr), two, pki.office);
    const leaf = await certifyCard(request, pki.office, "test", at);
    await writeFile(der, leaf.der);
    await tool("--write-object", der, "--type", "cert", "--id", "02", "--label", "signing");
    const own = await makeOfficerKey(join(folder, "one"), one, pki.office, "test", systemRandom, at);
    const pinFile = join(folder, "pin");
    await writeFile(pinFile, pin, { mode: 0o600 });
    const { openSync } = await import("node:fs");
    const card = await openOfficer(
      "card:officer-2",
      { module: softhsmModule, pinFd: openSync(pinFile, "r") },
      systemRandom,
    );
    await pki.updates.repository.begin([own, card], 2, pki.updates.online);
    await card.close();
  }, 120_000);
  afterAll(async () => {
    await staffed.close();
    await rm(folder, { recursive: true });
  });

  it("signs what its owner was shown, once the PIN is right and the hash is the one on the screen; with the other's key it stands", async () => {
    const [first, second] = [await staffed.signIn(one), await staffed.signIn(two)];
    const json = async (answer: Promise<Response>) =>
      (await (await answer).json()) as PolicyShown & { error?: { code: string } };
    const policy = { ...defaultPolicy, version: "by-card" };
    const draft = { policy, hotList: { entries: [], renew: false } };
    const proposed = await json(first.send("POST", "/api/security/policy/draft", draft));
    const { hash } = proposed.draft!;
    const bytes = Buffer.from(await (await second.send("GET", "/api/security/policy/draft/bytes")).arrayBuffer());
    const [file, out] = [join(folder, "to-sign.json"), join(folder, "signature.json")];
    await writeFile(file, bytes);
    const args = ["policy", "sign-file", file, "--officer", "card:officer-2", "--out", out, "--hash"];
    const wrongPin = await kabina("000000", ...args, hash);
    expect([wrongPin.code, wrongPin.said.split("\n")[0]]).toEqual([1, "token/pin-wrong"]);
    const otherHash = await kabina(pin, ...args, "0".repeat(64));
    expect([otherHash.code, otherHash.said.split("\n")[0]]).toEqual([1, "updates/draft-changed"]);
    const noCard = await kabina(pin, ...args.map((word) => word.replace("officer-2", "nobody")), hash);
    expect([noCard.code, noCard.said.split("\n")[0]]).toEqual([1, "token/missing"]);
    expect((await kabina(pin, ...args, hash)).code).toBe(0);
    const signature = JSON.parse(await readFile(out, "utf8"));
    const send = (client: ConsoleClient, content: unknown) =>
      json(client.send("POST", "/api/security/policy/draft/signature", content));
    // The card's signature counts for its owner alone.
    expect((await send(first, signature)).error?.code).toBe("updates/not-own-key");
    expect((await send(second, signature)).draft!.signedBy.map(({ person }) => person)).toEqual([two]);
    const { openOfficerKey } = await import("../../../server/staff/officer-keys.ts");
    const own = await openOfficerKey(join(folder, "one"), systemRandom);
    const done = await send(first, await signatureOver(bytes, own));
    expect([done.draft, done.policy.version]).toEqual([null, "by-card"]);
  }, 120_000);

  it("is certified only for a key on a curve that policy is signed on, held by whoever asks, once, and under its holder's name", async () => {
    const { office } = staffed.installation.pki;
    const codeOf = async (file: Buffer, person: string = two) => {
      try {
        await readCardRequest(file, person, office);
        return "read";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const made = async (name: string, ...key: string[]) => {
      const path = join(folder, "asked");
      const subject = ["-subj", `/CN=${name}`, "-keyout", join(folder, "key"), "-out", path];
      await run("openssl", ["req", "-new", "-nodes", "-newkey", ...key, ...subject]);
      return readFile(path);
    };
    const p384 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
    const good = await made(two, ...p384);
    expect(await codeOf(good)).toBe("read");
    expect(await codeOf(Buffer.from(""))).toBe("request/malformed");
    expect(await codeOf(await made(two, "rsa:2048"))).toBe("request/key-unfit");
    expect(await codeOf(await made("manager", ...p384))).toBe("person/request-name");
    expect(await codeOf(await made("nobody", ...p384), "nobody")).toBe("person/unknown");
    // Another's signature under this key: whoever asks does not hold it.
    const der = Buffer.from(good.toString().replace(/-----[^-]+-----|\s/g, ""), "base64");
    der[der.length - 1]! ^= 1;
    expect(await codeOf(der)).toBe("request/no-possession");
    expect(await codeOf(await readFile(join(folder, "csr")))).toBe("request/key-known");
  });
});
