import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readScenario, Scenario } from "../../booth/enrol/scenario.ts";
import { ScreenClient } from "../../booth/enrol/screen-client.ts";
import { SmallDisk, smallDiskMissing } from "../booth/small-disk.ts";
import { BoothWorld, worldMissing } from "./booth-world.ts";
import { scanFolder } from "./plaintext-scan.ts";

if (worldMissing !== null) console.warn(`skipped: ${worldMissing}`);
const VISIT_MS = 240_000;

(worldMissing === null ? describe : describe.skip)("a visit to a real booth", () => {
  const world = new BoothWorld();

  beforeAll(async () => {
    await world.prepare();
    await world.knowPixels();
  }, VISIT_MS);
  afterAll(() => world.remove());

  test(
    "ends with one sealed package, and at no moment anything readable of the person lies in the data folder",
    async () => {
      let scannedAtReview = false;
      let previewed = "";
      const result = await world.visit({}, async ({ view }) => {
        if (view.step === "face" && view.preview.url !== null && previewed === "") {
          const response = await fetch(new URL(view.preview.url, world.url));
          previewed = response.headers.get("content-type") ?? "";
          await response.body?.cancel();
        }
        if (view.step !== "review" || scannedAtReview) return;
        scannedAtReview = true;
        await world.knowPicture("portrait", view.portraitUrl);
        for (const finger of view.fingers) await world.knowPicture(finger.position, finger.url);
        // Everything is captured and in the journal now.
        expect(world.sessions()).toHaveLength(1);
        expect(world.findings()).toEqual([]);
      });
      expect(result.end).toBe("finished");
      expect(scannedAtReview).toBe(true);
      expect(previewed).toContain("multipart/x-mixed-replace");
      expect(world.packages()).toHaveLength(1);
      expect(world.sessions()).toEqual([]);
      expect(world.findings()).toEqual([]);
      // Nor in the log.
      expect(scanFolder(world.root, world.secrets).filter(({ file }) => file.endsWith(".log"))).toEqual([]);
    },
    VISIT_MS,
  );

  test("the scan finds what is planted, in every form, so that it can fail", () => {
    const portrait = world.secrets.find(({ name }) => name === "portrait")!.bytes;
    const folder = join(world.data, "booth", "planted");
    mkdirSync(folder);
    const plant = (content: string | Uint8Array) => {
      writeFileSync(join(folder, "x"), content);
      const found = world.findings().map(({ form }) => form);
      return found[0];
    };
    const part = Buffer.from(portrait.subarray(1000, 60_000));
    expect(plant(part)).toBe("raw");
    expect(plant(part.toString("base64"))).toBe("base64");
    expect(plant(part.toString("hex"))).toBe("hexadecimal");
    expect(plant(`{"x":"${Buffer.from(world.secrets[0]!.bytes).toString("latin1")}"}`)).toBe("raw");
    rmSync(folder, { recursive: true });
    const temporary = join(world.temporary, "planted");
    writeFileSync(temporary, part);
    expect(world.findings().map(({ file }) => file)).toEqual([temporary]);
    rmSync(temporary);
    expect(world.findings()).toEqual([]);
  });

  test(
    "power cuts at document, face, fingers, review and seal cost nothing: one package, and the record says how often",
    async () => {
      const before = world.packages().length;
      const kill = (at: string) => ({ at, do: { kill: "booth", backAfterMs: 100 } });
      const result = await world.visit({
        actions: [kill("document/done"), kill("face/choose"), kill("fingers/captured"), kill("review"), kill("seal")],
      });
      expect(result.end).toBe("finished");
      expect(result.exceptions).toContain("session/resumed");
      expect(world.packages()).toHaveLength(before + 1);
      expect(world.sessions()).toEqual([]);
      expect(world.findings()).toEqual([]);
    },
    VISIT_MS,
  );

  test("text with SQL and script in every field is refused or kept as text, and the booth goes on", async () => {
    const screen = await ScreenClient.connect(world.url);
    const nasty = `'; DROP TABLE cases; --<script>alert(1)</script>\u0000\u202e../../etc/passwd`;
    const raw = (value: unknown) => screen.send(value as never);
    if (screen.state.step === "wipe") raw({ type: "begin" });
    expect(await screen.until(({ step }) => step === "welcome", 5000)).toBe(true);
    raw({ type: "begin" });
    expect(await screen.until(({ step }) => step === "consent", 5000)).toBe(true);
    raw({ type: "language", language: nasty });
    raw({ type: "consent.give", textVersion: nasty.slice(0, 40) });
    raw({ type: nasty });
    raw({
      type: "consent.give",
      textVersion: screen.state.view.step === "consent" ? screen.state.view.textVersion : "",
      extra: nasty,
    });
    expect(await screen.until(() => screen.rejections.length >= 4, 5000)).toBe(true);
    expect(screen.state.step).toBe("consent");
    if (screen.state.view.step === "consent") raw({ type: "consent.give", textVersion: screen.state.view.textVersion });
    expect(await screen.until(({ step }) => step === "slip", 5000)).toBe(true);
    raw({ type: "slip.enter", value: nasty });
    expect(await screen.until(({ problem }) => problem?.code === "slip/malformed", 5000)).toBe(true);
    raw({ type: "slip.none" });
    expect(await screen.until(({ step }) => step === "document", 5000)).toBe(true);
    raw({ type: "document.mrz", lines: [nasty.slice(0, 44), nasty.slice(0, 44)] });
    expect(await screen.until(({ view }) => view.step === "document" && view.mrzFaults.length > 0, 5000)).toBe(true);
    raw({ type: "leave" });
    expect(await screen.until(({ view }) => view.step === "wipe" && view.phase === "erased", 5000)).toBe(true);
    await screen.close();
    const health = await fetch(new URL("/api/health", world.url));
    expect(health.status).toBe(200);
  }, 60_000);

  test("another page, another name and another port get nothing from the local API", async () => {
    const { port } = new URL(world.url);
    const status = async (headers: Record<string, string>) =>
      (await fetch(`http://127.0.0.1:${port}/api/status`, { headers })).status;
    expect(await status({})).toBe(200);
    expect(await status({ origin: "https://evil.example" })).toBe(403);
    expect(await status({ origin: `http://evil.example:${port}` })).toBe(403);
    await expect(ScreenClient.connect(`http://127.0.0.1:${Number(port) + 1}/`)).rejects.toThrow();
    const page = await fetch(`http://127.0.0.1:${port}/api/pictures/guessed`);
    expect(page.status).toBe(404);
  });

  test.each([
    ["changes-of-mind", "finished", 1],
    ["gone", "timed-out", 0],
  ] as const)(
    "the scenario %s ends as %s, and nothing readable is left",
    async (name, end, packages) => {
      await world.stop();
      const before = world.packages().length;
      const file = fileURLToPath(new URL(`./scenarios/${name}.json`, import.meta.url));
      const result = await world.visit(await readScenario(file));
      await world.stop();
      expect(result.end).toBe(end);
      expect(world.packages()).toHaveLength(before + packages);
      expect(world.sessions()).toEqual([]);
      expect(world.findings()).toEqual([]);
    },
    VISIT_MS,
  );

  const onSmallDisk = smallDiskMissing() === null ? test : test.skip;
  if (smallDiskMissing() !== null) console.warn(`skipped: ${smallDiskMissing()}`);
  onSmallDisk(
    "a disk that is full in the middle of a capture, and of the seal: said, nothing lost, gone on with when there is room",
    async () => {
      await world.stop();
      const data = world.data;
      const disk = SmallDisk.make(join(world.root, "disk"), 40 * 1024 * 1024);
      try {
        world.data = join(disk.path, "data");
        cpSync(data, world.data, { recursive: true });
        const filled = new Set<string>();
        const phases: string[] = [];
        await world.start(
          Scenario.parse({ policy: { sealRetryMs: 1000 } }),
          "--least-free-bytes",
          String(16 * 1024 * 1024),
        );
        const result = await world.visit({}, ({ view, problem }) => {
          if (view.step === "face" && phases.at(-1) !== view.phase) phases.push(view.phase);
          if ((view.step === "face" || view.step === "review") && !filled.has(view.step)) {
            filled.add(view.step);
            disk.fill(16 * 1024);
          }
          if (problem?.code.endsWith("disk-full")) setTimeout(() => disk.free(), 500);
        });
        expect(result.end).toBe("finished");
        // What the person reads is meant for them; the burst that could not be written was kept, not taken again.
        expect([...result.problems].sort()).toEqual(["journal/disk-full", "seal/disk-full"]);
        expect(phases).toEqual(["live", "capturing", "choose"]);
        expect(world.packages().length).toBeGreaterThan(0);
        expect(world.findings()).toEqual([]);
      } finally {
        await world.stop();
        disk.remove();
        world.data = data;
      }
    },
    VISIT_MS,
  );

  test("the log of all this names no person", () => {
    const log = readFileSync(world.log, "latin1");
    expect(log.length).toBeGreaterThan(1000);
    expect(scanFolder(world.root, world.secrets).filter(({ file }) => file.endsWith(".log"))).toEqual([]);
  });
});
