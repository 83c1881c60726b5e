/** What would be lost: a root that one person can use alone, or that nobody can open again. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Ceremony, holdCeremony, openRoot } from "../../../crypto/authority/ceremony.ts";
import { combineShares, Share, splitSecret } from "../../../crypto/authority/shares.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";

const run = promisify(execFile);
const tools = { clock: systemClock, random: systemRandom };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-ceremony-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (name: string, rehearsal = false) => ({
  root: join(folder, name, "root"),
  authority: join(folder, name, "authority"),
  out: join(folder, name, "out"),
  witnesses: ["A. Ivanova", "B. Petrov"],
  shares: 3,
  quorum: 2,
  rehearsal,
});
/** Verifies the transcript's signature with openssl and the root's certificate alone. */
const verifyTranscript = async (out: string) => {
  const { stdout } = await run("openssl", ["x509", "-in", "root.pem", "-pubkey", "-noout"], { cwd: out });
  await import("node:fs/promises").then(({ writeFile }) => writeFile(join(out, "root.pub"), stdout));
  const args = ["dgst", "-sha256", "-verify", "root.pub", "-signature", "transcript.txt.sig", "transcript.txt"];
  return (await run("openssl", args, { cwd: out })).stdout;
};

describe("a ceremony", () => {
  let held: Ceremony;
  it("leaves a root that openssl finds above every authority, and a transcript that the root signed", async () => {
    held = await holdCeremony(options("real"), tools);
    const { out, authority } = options("real");
    expect(await verifyTranscript(out)).toContain("Verified OK");
    const text = await readFile(held.transcript, "utf8");
    expect(text).toContain("A. Ivanova; B. Petrov");
    for (const print of [held.root, ...Object.values(held.issuers)]) expect(text).toContain(print);
    const args = [
      "crl",
      "-in",
      join(authority, "root.crl"),
      "-inform",
      "DER",
      "-noout",
      "-CAfile",
      join(out, "root.pem"),
    ];
    expect((await run("openssl", args)).stderr).toContain("verify OK");
    const issued = (await readdir(join(authority, "issued"))).map((name) => join(authority, "issued", name));
    const verified = await run("openssl", ["verify", "-x509_strict", "-CAfile", join(out, "root.pem"), ...issued]);
    expect(verified.stdout.match(/: OK/g)).toHaveLength(5);
  });

  it("the root opens with any two shares of three, and with none alone; its passphrase is nowhere", async () => {
    const shares = await Promise.all(
      held.shares.map(async (file) => Share.parse(JSON.parse(await readFile(file, "utf8")))),
    );
    const { root } = options("real");
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const key = await (await openRoot(root, [shares[a]!, shares[b]!], tools)).load("authority-root");
      expect(key.chain[0]!.sha256).toBe(held.root);
    }
    expect(() => combineShares([shares[0]!])).toThrow("share/too-few");
    expect(() => combineShares([shares[0]!, shares[0]!])).toThrow("share/too-few");
    expect(await readdir(root)).toEqual(["keys"]);
  });

  it("replaces nothing, and is not held by one person alone", async () => {
    await expect(holdCeremony(options("real"), tools)).rejects.toThrow("ceremony/not-empty");
    const alone = { ...options("alone"), witnesses: ["A. Ivanova", "A. Ivanova"] };
    await expect(holdCeremony(alone, tools)).rejects.toThrow("ceremony/witnesses");
  });

  it("is rehearsed with everything but the keys left: transcript says so, no key and no share stays", async () => {
    const rehearsed = await holdCeremony(options("rehearsed", true), tools);
    const { out, root, authority } = options("rehearsed", true);
    expect(await readFile(rehearsed.transcript, "utf8")).toMatch(/^REHEARSAL/);
    expect(await verifyTranscript(out)).toContain("Verified OK");
    expect((await readdir(out)).sort()).toEqual(["root.pem", "root.pub", "transcript.txt", "transcript.txt.sig"]);
    await expect(readdir(root)).rejects.toThrow("ENOENT");
    await expect(readdir(authority)).rejects.toThrow("ENOENT");
  });
});

describe("shares of a secret", () => {
  it("any quorum gives it back, for every size and quorum", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 48 }),
        fc.integer({ min: 2, max: 6 }),
        fc.nat(4),
        (secret, quorum, more) => {
          const shares = splitSecret(secret, quorum + more, quorum, systemRandom);
          const chosen = [...shares].sort(() => Math.random() - 0.5).slice(0, quorum);
          expect(Buffer.from(combineShares(chosen))).toEqual(Buffer.from(secret));
          expect(() => combineShares(chosen.slice(1))).toThrow("share/too-few");
        },
      ),
      { numRuns: 100 },
    );
  });

  it("a share that was changed, or is of another secret, is named", () => {
    const [a, b] = splitSecret(Buffer.from("secret"), 2, 2, systemRandom) as [Share, Share];
    const [other] = splitSecret(Buffer.from("secret"), 2, 2, systemRandom) as [Share];
    const data = Buffer.from(b.data, "base64");
    data[0]! ^= 1;
    expect(() => combineShares([a, { ...b, data: data.toString("base64") }])).toThrow("share/damaged");
    expect(() => combineShares([b, other])).toThrow("share/foreign");
    // A quorum that was written down smaller than it is does not open anything.
    const three = splitSecret(Buffer.from("secret"), 3, 3, systemRandom).map((share) => ({ ...share, quorum: 2 }));
    expect(() => combineShares(three.slice(0, 2))).toThrow("share/foreign");
  });
});
