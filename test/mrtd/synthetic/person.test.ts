import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseMrz } from "../../../mrtd/mrz/parse.ts";
import { loadPassport } from "../../../mrtd/synthetic/passport.ts";
import { personData } from "../../../mrtd/synthetic/person.ts";
import { utopia } from "../../../mrtd/synthetic/utopia.ts";

const run = promisify(execFile);
const program = "dist/cli/kabina.js";
const built = existsSync(program);
if (!built) console.warn("skipped: dist/ is not built, so no person can be made");

describe("personal data of a seed", () => {
  test("fit each other: a sound MRZ, a passport in force, of age", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (seed) => {
        const data = personData(seed);
        const mrz = parseMrz(data.mrzLines.join("\n"));
        expect(mrz.faults).toEqual([]);
        expect(mrz.documentNumber).toBe(data.document.number);
        expect(mrz.primaryIdentifier).toBe(data.surname.latin);
        expect(data.surname.cyrillic).toMatch(/^[А-ЯЁ -]+$/);
        expect(data.birthDate < "2008-01-02").toBe(true);
        expect(data.document.issued > data.birthDate && data.document.issued < "2026-01-01").toBe(true);
        expect(data.document.expires > "2029-11-30").toBe(true);
        expect(personData(seed)).toEqual(data);
      }),
      { numRuns: 60 },
    );
  });

  test("sex and age can be asked for", () => {
    const data = personData(9, { sex: "F", age: 70 });
    expect([data.sex, data.birthDate.slice(0, 4)]).toEqual(["F", "1955"]);
  });
});

(built ? describe : describe.skip)("kabina person make", () => {
  let folder: string;
  const make = (out: string, ...more: string[]) =>
    run(process.execPath, [program, "person", "make", "--seed", "7", "--film", "none", "--out", out, ...more]);
  const hashes = async (path: string) => {
    const names = (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    return Promise.all(
      names.map(async (name) => [
        name.slice(path.length),
        createHash("sha256")
          .update(await readFile(name))
          .digest("hex"),
      ]),
    );
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kabina-person-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("writes the same folder for the same seed, byte for byte, with everything a booth needs", async () => {
    await make(join(folder, "a"));
    await make(join(folder, "b"));
    const files = await hashes(join(folder, "a"));
    expect(await hashes(join(folder, "b"))).toEqual(files);
    const names = files.map(([name]) => name);
    for (const wanted of [
      "/person.json",
      "/face/still.jpg",
      "/face/still.json",
      "/fingers/right-index_1.png",
      "/fingers/left-index_1.png",
      "/fingers/truth.json",
      "/signature.json",
      "/signature.png",
    ])
      expect(names).toContain(wanted);
    const passport = await loadPassport(join(folder, "a/passport"));
    const data = personData(7);
    expect(passport.access.mrz.documentNumber).toBe(data.document.number);
    expect(passport.access.can).toBe(data.document.can);
    const { csca } = utopia();
    expect(Buffer.compare(Buffer.from(passport.csca.certificate), Buffer.from(csca.certificate))).toBe(0);
    expect(new X509Certificate(passport.ds.certificate).verify(new X509Certificate(csca.certificate).publicKey)).toBe(
      true,
    );
  }, 120_000);

  test("never writes over what is there, and leaves nothing half-made", async () => {
    const place = join(folder, "mine");
    await mkdir(place);
    await writeFile(join(place, "letter.txt"), "dear");
    const failure = (await make(place, "--json").catch((error: { stdout: string }) => error)) as { stdout: string };
    expect(JSON.parse(failure.stdout)).toMatchObject({ error: { code: "mrtd/person-exists" } });
    expect(await readdir(place)).toEqual(["letter.txt"]);
    expect((await readdir(folder)).filter((name) => name.includes(".part-"))).toEqual([]);
  });
});
