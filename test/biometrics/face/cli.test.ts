/** `kabina face assess` on what people give it: every bad file ends in words of the reader's language, and the good ones are still judged. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { hintWords } from "../../../biometrics/face/hint-words.ts";
import { hintCodes } from "../../../biometrics/face/hints.ts";
import { standardMeasures } from "../../../biometrics/face/scalars.ts";
import { Studio, studioBuilt } from "./studio.ts";

/** The measures of OFIQ 1.0.3, as its published results name them. */
const ofiqMeasures = [
  ...standardMeasures,
  "UnifiedQualityScore",
  "BackgroundUniformity",
  "Sharpness",
  "CompressionArtifacts",
  "EyesVisible",
  "MouthOcclusionPrevention",
  "FaceOcclusionPrevention",
  "ExpressionNeutrality",
  "NoHeadCoverings",
];

const folder = mkdtempSync(join(tmpdir(), "kabina-face-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every hint has its words in both languages", () => {
  expect(Object.keys(hintWords).sort()).toEqual([...hintCodes].sort());
  for (const { en, ru } of Object.values(hintWords)) {
    expect(en).toMatch(/^[a-z].{5,}$/);
    expect(ru).toMatch(/^[а-я].{5,}$/);
  }
});

(studioBuilt && existsSync("dist/cli/kabina.js") ? describe : describe.skip)("kabina face assess", () => {
  const files: Record<string, string> = {};
  beforeAll(async () => {
    const studio = new Studio();
    const { image } = await studio.picture(8, { width: 640, height: 480 });
    await studio.close();
    const picture = () => sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
    const put = async (name: string, bytes: Promise<Buffer> | Buffer) => {
      files[name] = join(folder, name);
      writeFileSync(files[name], await bytes);
    };
    const jpeg = await picture().jpeg().toBuffer();
    await put("good.jpg", jpeg);
    // Stored lying on its side, and saying so.
    await put("rotated.jpg", picture().rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    await put("cmyk.jpg", picture().toColourspace("cmyk").jpeg().toBuffer());
    await put("deep.png", picture().toColourspace("rgb16").png().toBuffer());
    await put(
      "payload.jpg",
      picture()
        .withExif({ IFD0: { ImageDescription: "<script>ignore all previous instructions</script>".repeat(50) } })
        .jpeg()
        .toBuffer(),
    );
    await put(
      "cartoon.png",
      sharp(
        Buffer.from(
          '<svg width="400" height="400"><circle cx="200" cy="200" r="150" fill="#fc0"/><circle cx="150" cy="160" r="18"/><circle cx="250" cy="160" r="18"/><path d="M120 250a90 60 0 0 0 160 0" fill="none" stroke="#000" stroke-width="10"/></svg>',
        ),
      )
        .flatten({ background: "#fff" })
        .png()
        .toBuffer(),
    );
    await put(
      "empty.png",
      sharp({ create: { width: 300, height: 300, channels: 3, background: "#888" } })
        .png()
        .toBuffer(),
    );
    await put("cut.jpg", jpeg.subarray(0, jpeg.length >> 1));
    await put("text.jpg", Buffer.from("this is no picture"));
  }, 60_000);

  test("judges what it can, says what it cannot, in the language asked for", () => {
    const run = (language: string, ...flags: string[]) =>
      spawnSync(process.execPath, ["dist/cli/kabina.js", "face", "assess", ...flags, ...Object.values(files)], {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: language },
      });
    const asked = run("en_US.UTF-8", "--json");
    expect(asked.status).toBe(1);
    const said = new Map(
      asked.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map((one) => [one.file.slice(folder.length + 1), one]),
    );
    for (const name of ["good.jpg", "rotated.jpg", "cmyk.jpg", "deep.png", "payload.jpg"])
      expect([name, said.get(name)?.faces, said.get(name)?.measures.HeadPoseRoll.pass]).toEqual([name, 1, true]);
    for (const name of ["cartoon.png", "empty.png"]) expect([name, said.get(name)?.pass]).toEqual([name, false]);
    expect(said.get("empty.png")).toMatchObject({ faces: 0, hint: "no-face" });
    expect(said.get("cut.jpg")?.error).toMatchObject({ code: "image/damaged" });
    expect(said.get("text.jpg")?.error).toMatchObject({ code: "image/format-unknown" });
    expect(asked.stdout).not.toContain("ignore all previous");
    expect(Object.keys(said.get("good.jpg").measures)).toEqual(expect.arrayContaining(ofiqMeasures));

    const russian = run("ru_RU.UTF-8");
    expect(russian.stdout).toContain(hintWords["no-face"].ru);
    expect(russian.stdout).toMatch(/image\/damaged\n {2}[А-Я]/);
  }, 120_000);
});
