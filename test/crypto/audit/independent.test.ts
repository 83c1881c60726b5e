/** What would be lost: that anybody can check a log without us. The text of docs/formats/audit.md is run as it stands there. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cosign } from "../../../crypto/audit/cosignature.ts";
import { exportLog } from "../../../crypto/audit/export.ts";
import { AuditLog } from "../../../crypto/audit/log.ts";
import { readNote } from "../../../crypto/audit/note.ts";
import { verifyAuditLog } from "../../../crypto/audit/verify.ts";
import { clockAt, makeWorld, sealedAt, type World } from "../package/fixture.ts";

const run = promisify(execFile);
const present = (() => {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

let world: World;
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-independent-"));
  world = await makeWorld("independent");
  const doc = await readFile(new URL("../../../docs/formats/audit.md", import.meta.url), "utf8");
  await writeFile(at("verify.py"), /```python\n([\s\S]*?)```/.exec(doc)![1]!);
  await writeFile(at("root.pem"), world.authority.root.toPem());
  const log = await AuditLog.open(at("log"), {
    origin: "kabina/booth/booth-1",
    key: world.booth,
    clock: clockAt(sealedAt),
  });
  let note = await log.checkpoint();
  for (let index = 0; index < 11; index++) {
    await log.append("package.sealed", { package: `p${index}`, текст: "кириллица" });
    if (index % 3 === 0) note = await log.checkpoint();
  }
  await log.close();
  await writeFile(at("log.cosigned"), `${note}${await cosign(note, world.audit, sealedAt)}\n`);
  const pem = await readFile(at("log.crt.pem"), "utf8");
  await writeFile(at("log.crt.pem"), pem + world.audit.chain.map((one) => one.toPem()).join(""));
  await exportLog(at("log"), at("out"));
});
afterAll(() => rm(folder, { recursive: true }));

const python = () => run("python3", [at("verify.py"), at("out"), at("root.pem")]);

describe("an export", () => {
  it("verifies by our own reader, with the server's cosignature", async () => {
    expect(await verifyAuditLog(at("out"), { anchors: world.anchors })).toMatchObject({
      entries: 10,
      unsigned: 0,
      cosigned: { entries: 10, at: sealedAt.toISOString() },
    });
  });

  (present ? it : it.skip)(
    "verifies by forty lines of Python, and no longer when a byte of it is another",
    async () => {
      expect((await python()).stdout).toBe("verified 10 entries\n");
      for (const file of ["out", "out.checkpoints", "out.cosigned"]) {
        const bytes = await readFile(at(file));
        // Somewhere in the middle of a line that counts.
        const where = file === "out" ? bytes.length >> 1 : bytes.lastIndexOf("\n\n", bytes.length - 3) - 10;
        const changed = Buffer.from(bytes);
        changed[where] = changed[where] === 0x41 ? 0x42 : 0x41;
        await writeFile(at(file), changed);
        await expect(python()).rejects.toThrow();
        await expect(verifyAuditLog(at("out"), { anchors: world.anchors })).rejects.toMatchObject({
          code: expect.stringMatching(/^audit\//),
        });
        await writeFile(at(file), bytes);
      }
      const lines = (await readFile(at("out"), "utf8")).split("\n");
      await writeFile(at("out"), lines.slice(0, -2).join("\n"));
      await expect(python()).rejects.toThrow("shorter");
    },
  );
});

/** The examples of C2SP signed-note and tlog-cosignature, read by our own reader. */
describe("the published notes", () => {
  it("read; the key of the first verifies its signature, and its key id is the one that the format says", async () => {
    const { createHash, createPublicKey, verify } = await import("node:crypto");
    const { text, signatures } = readNote(
      "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
    );
    const [name, hex, encoded] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".split("+");
    const typed = Buffer.from(encoded!, "base64");
    const id = createHash("sha256").update(`${name}\n`).update(typed).digest().subarray(0, 4);
    expect([id.toString("hex"), Buffer.from(signatures[0]!.keyId).toString("hex")]).toEqual([hex, hex]);
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), typed.subarray(1)]);
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify(null, Buffer.from(text), key, signatures[0]!.signature)).toBe(true);
  });

  it("with a cosignature give the log's and the witness's lines, and the checkpoint", async () => {
    const { readCheckpoint } = await import("../../../crypto/audit/checkpoint.ts");
    const { text, signatures } = readNote(
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
        "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" +
        "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n",
    );
    expect(readCheckpoint(text)).toMatchObject({ origin: "example.com/behind-the-sofa", size: 20852163 });
    expect(signatures.map(({ name }) => name)).toEqual(["example.com/behind-the-sofa", "witness.example.com/w1"]);
    // The timestamp stands before the signature, as in the message that the page shows.
    expect(Buffer.from(signatures[1]!.signature).readBigUInt64BE()).toBe(1679315147n);
  });
});
