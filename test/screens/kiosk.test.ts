/**
 * Every page of the kiosk in both languages on the three screens it must fit. A person who cannot see well, cannot reach far or
 * cannot use a pointer loses the booth if one of these fails.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Language } from "../../booth/api/messages.ts";
import { seriousViolations } from "./axe.ts";
import { hasChromium, openBrowser, SIZES, settled, until } from "./browser.ts";
import { FakeBooth } from "./fake-booth.ts";
import { kioskScenes } from "./fixtures/kiosk-scenes.ts";
import { measure } from "./measure.ts";

/**
 * Least text and least target, CSS pixels at 1080p: 24 px, and 20 mm at 92 dpi; smaller screens show the same page smaller. Least
 * contrast of any text: axe itself would let large text pass with 4.5.
 */
const LEAST = { text: 24, target: 73, contrast: 7 };
const LANGUAGES: Language[] = ["ru", "en"];
/** All scenes in one size, or through axe: half a minute on a quiet machine, many times that on a busy one. */
const SCENES_TIMEOUT_MS = 900_000;
/** A few pages. */
const PAGES_TIMEOUT_MS = 180_000;
jest.setTimeout(PAGES_TIMEOUT_MS);

if (!hasChromium) console.log("skipped: /usr/bin/chromium is not installed, so no page can be looked at");
const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser("kiosk pages", () => {
  let browser: Browser;
  let booth: FakeBooth;
  beforeAll(async () => {
    [browser, booth] = await Promise.all([openBrowser(), FakeBooth.start()]);
  });
  afterAll(async () => {
    await browser.close();
    await booth.stop();
  });

  const open = async (size: keyof typeof SIZES): Promise<Page> => {
    const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: "reduce" });
    const page = await context.newPage();
    booth.said.length = 0;
    await page.goto(booth.url);
    for (let waited = 0; waited < 100 && booth.said.length === 0; waited += 1) await page.waitForTimeout(25);
    return page;
  };

  for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
    test(
      `${size}: nothing scrolls, overlaps or is cut; text and targets are large enough, contrast is 7:1`,
      async () => {
        const page = await open(size);
        const scale = size === "laptop" ? SIZES.laptop.height / SIZES.landscape.height : 1;
        const faults: string[] = [];
        for (const language of LANGUAGES) {
          for (const scene of kioskScenes) {
            await page.waitForSelector(booth.show(scene.state(language)));
            await page.waitForSelector(`html[lang=${language}]`);
            await settled(page);
            const found = await measure(page, { ...LEAST, text: LEAST.text * scale, target: LEAST.target * scale });
            for (const [kind, list] of Object.entries(found))
              for (const fault of list as string[]) faults.push(`${scene.name} ${language} ${kind}: ${fault}`);
          }
        }
        await page.context().close();
        expect(faults).toEqual([]);
      },
      SCENES_TIMEOUT_MS,
    );
  }

  test(
    "axe finds nothing serious",
    async () => {
      const page = await open("landscape");
      const faults: string[] = [];
      for (const [index, scene] of kioskScenes.entries()) {
        const language = LANGUAGES[index % 2] as Language;
        await page.waitForSelector(booth.show(scene.state(language)));
        await page.waitForSelector(`html[lang=${language}]`);
        await settled(page);
        for (const violation of await seriousViolations(page, "AAA"))
          faults.push(`${scene.name} ${language} ${violation}`);
      }
      await page.context().close();
      expect(faults).toEqual([]);
    },
    SCENES_TIMEOUT_MS,
  );

  test("each new page says its title: the focus goes there", async () => {
    const page = await open("landscape");
    // A dialog has its own first control, and a refused slip leads back to its field.
    const others = ["help", "timeout", "slip-refused"];
    for (const scene of kioskScenes.filter(({ name }) => !others.includes(name))) {
      await page.waitForSelector(booth.show(scene.state("ru")));
      await until(page, `document.activeElement === document.querySelector("h1")`);
    }
    await page.context().close();
  });

  test("everything can be done by keyboard: each enabled control is reached by Tab", async () => {
    const page = await open("landscape");
    for (const scene of kioskScenes.filter(({ name }) =>
      ["consent", "slip", "face-live", "face-asked-turn-left-act", "review", "fingers-place"].includes(name),
    )) {
      await page.waitForSelector(booth.show(scene.state("en")));
      await until(page, `document.activeElement === document.querySelector("h1")`);
      const wanted = (await page.evaluate(
        `[...document.querySelectorAll("button:enabled, input:enabled")].length`,
      )) as number;
      const reached = new Set<string>();
      for (let presses = 0; presses < wanted + 5; presses += 1) {
        await page.keyboard.press("Tab");
        const at = (await page.evaluate(
          `(() => { const all = [...document.querySelectorAll("button:enabled, input:enabled")]; return String(all.indexOf(document.activeElement)); })()`,
        )) as string;
        if (at !== "-1") reached.add(at);
      }
      expect({ scene: scene.name, reached: reached.size }).toEqual({ scene: scene.name, reached: wanted });
    }
    await page.context().close();
  });

  test("keys keep their place under the finger while what is said above them changes", async () => {
    const moved: string[] = [];
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      const page = await open(size);
      for (const language of LANGUAGES) {
        const keys = async (name: string) => {
          const scene = kioskScenes.find((found) => found.name === name) as (typeof kioskScenes)[number];
          await page.waitForSelector(booth.show(scene.state(language)));
          await page.waitForSelector(`html[lang=${language}]`);
          await settled(page);
          return page.evaluate(`[...document.querySelectorAll(".key")].map((key) => {
            const { x, y, width, height } = key.getBoundingClientRect();
            return [x, y, width, height].map(Math.round).join(" ");
          }).join()`);
        };
        for (const [usual, refused] of [
          ["slip", "slip-refused"],
          ["fingers-approve", "fingers-approve-wrong"],
          ["document-mrz", "document-mrz-wrong"],
        ] as const)
          if ((await keys(usual)) !== (await keys(refused))) moved.push(`${refused} ${size} ${language}`);
      }
      await page.context().close();
    }
    expect(moved).toEqual([]);
  });

  test("a page breaks no rule of its content policy, not even to try what the browser allows", async () => {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    await page.goto(booth.url);
    await page.waitForSelector(booth.show((kioskScenes[0] as (typeof kioskScenes)[number]).state("en")));
    expect(said).toEqual([]);
    await page.close();
  });

  test("the chip's photo has its place before it is there, and a head stands in it", async () => {
    const page = await open("landscape");
    const pictures: (() => void)[] = [];
    await page.route("**/fixture/chip.jpg", async (route) => {
      await new Promise<void>((go) => pictures.push(go));
      await route.continue();
    });
    const scene = kioskScenes.find(({ name }) => name === "confirm") as (typeof kioskScenes)[number];
    await page.waitForSelector(booth.show(scene.state("en")));
    const place = async () => JSON.stringify(await (await page.waitForSelector(".portrait-place")).boundingBox());
    const before = await place();
    expect(await page.evaluate(`document.querySelector(".portrait-place .icon").checkVisibility()`)).toBe(true);
    expect(await page.evaluate(`document.querySelector(".portrait-place img").complete`)).toBe(false);
    for (const go of pictures) go();
    await settled(page);
    expect(await place()).toBe(before);
    await page.context().close();
  });

  test("the screen says what the person did, and nothing else", async () => {
    const page = await open("landscape");
    const scene = (name: string) => kioskScenes.find((found) => found.name === name) as (typeof kioskScenes)[number];
    const said = async (act: () => Promise<unknown>) => {
      booth.said.length = 0;
      await act();
      for (let waited = 0; waited < 40 && booth.said.length === 0; waited += 1) await page.waitForTimeout(25);
      return booth.said;
    };
    booth.show(scene("welcome").state("en"));
    expect(await said(() => page.click("[data-name=begin-ru]"))).toEqual([
      { type: "language", language: "ru" },
      { type: "begin" },
    ]);
    booth.show(scene("consent").state("ru"));
    expect(await said(() => page.click("[data-name=agree]"))).toEqual([
      { type: "consent.give", textVersion: "2026-1" },
    ]);
    booth.show(scene("slip").state("ru"));
    for (const key of "472") await page.click(`.keypad .key:text-is("${key}")`);
    expect(await said(() => page.click("[data-name=slip-enter]"))).toEqual([{ type: "slip.enter", value: "472" }]);
    booth.show(scene("confirm").state("ru"));
    await page.click("[data-name=dispute]");
    await page.click(".field-button >> nth=1");
    expect(await said(() => page.click("[data-name=dispute-send]"))).toEqual([
      { type: "confirm.dispute", fields: ["givenNames"] },
    ]);
    booth.show(scene("face-asked-turn-left-act").state("ru"));
    expect(await said(() => page.click("[data-name=face-cannot]"))).toEqual([{ type: "face.cannot" }]);
    // This browser asks for less motion: the screen tells the booth by itself, once; the person may wish it otherwise.
    expect(await said(async () => booth.show(scene("face-live").state("ru")))).toEqual([
      { type: "face.calm", calm: "reduced-motion" },
    ]);
    booth.show(scene("face-calm").state("ru"));
    expect(await said(() => page.click("[data-name=colours-on]"))).toEqual([{ type: "face.calm", calm: null }]);
    booth.show(scene("face-live").state("ru"));
    expect(await said(() => page.click("[data-name=colours-off]"))).toEqual([{ type: "face.calm", calm: "person" }]);
    booth.show(scene("fingers-place").state("ru"));
    await page.click("[data-name=finger-unable]");
    expect(await said(() => page.click("[data-name=reason-bandaged]"))).toEqual([
      { type: "finger.unable", reason: "bandaged" },
    ]);
    booth.show(scene("timeout").state("ru"));
    await until(page, `document.activeElement?.dataset.name === "stay"`);
    expect(await said(() => page.keyboard.press("Enter"))).toEqual([{ type: "stay" }]);
    booth.show(scene("slip").state("ru"));
    await page.click("[data-name=leave]");
    expect(await said(() => page.click("[data-name=leave-yes]"))).toEqual([{ type: "leave" }]);
    await page.context().close();
  });

  test("a zone is typed with the screen's keys, and sent whole", async () => {
    const page = await open("portrait");
    const scene = kioskScenes.find(({ name }) => name === "document-mrz") as (typeof kioskScenes)[number];
    booth.show(scene.state("en"));
    const lines = ["P<UTOERIKSSON<<ANNA<MARIA", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
    await page.click(".mrz-line input >> nth=0");
    for (const key of lines[0] as string) await page.click(`.keyboard .key:text-is("${key}")`);
    await page.click(".keyboard .key.wide");
    await until(page, `document.activeElement === document.querySelectorAll(".mrz-line input")[1]`);
    await page.keyboard.type((lines[1] as string).toLowerCase());
    booth.said.length = 0;
    await page.click("[data-name=mrz-send]");
    for (let waited = 0; waited < 40 && booth.said.length === 0; waited += 1) await page.waitForTimeout(25);
    expect(booth.said).toEqual([{ type: "document.mrz", lines: [(lines[0] as string).padEnd(44, "<"), lines[1]] }]);
    await page.context().close();
  });

  test("a signature is drawn with a pointer and sent as strokes", async () => {
    const page = await open("landscape");
    const scene = kioskScenes.find(({ name }) => name === "signature") as (typeof kioskScenes)[number];
    booth.show(scene.state("en"));
    const box = await (await page.waitForSelector(".signature-pad")).boundingBox();
    if (!box) throw new Error("no field to sign in");
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.5);
    await page.mouse.down();
    for (let step = 1; step <= 20; step += 1)
      await page.mouse.move(box.x + box.width * (0.2 + step * 0.02), box.y + box.height * (0.5 + 0.2 * Math.sin(step)));
    await page.mouse.up();
    booth.said.length = 0;
    await page.click("[data-name=signature-done]");
    for (let waited = 0; waited < 40 && booth.said.length === 0; waited += 1) await page.waitForTimeout(25);
    const sent = booth.said[0] as {
      type: string;
      signature: { aspect: number; strokes: { x: number; y: number }[][] };
    };
    expect(sent.type).toBe("signature.done");
    expect(sent.signature.aspect).toBe(3);
    expect(sent.signature.strokes).toHaveLength(1);
    expect(sent.signature.strokes[0]?.[0]?.x).toBeCloseTo(0.2, 1);
    expect(sent.signature.strokes[0]?.length).toBeGreaterThan(10);
    await page.context().close();
  });

  test("a booth that falls silent, a second screen and a faulty message are said, not hidden", async () => {
    const page = await open("landscape");
    const scene = kioskScenes[3] as (typeof kioskScenes)[number];
    booth.show(scene.state("en"));
    await page.waitForSelector("[data-page=consent]");
    booth.say({ type: "in-use", canTakeOver: false, code: "session/in-use", cause: "In use.", next: "Wait." });
    await page.waitForSelector("[data-page=in-use]");
    expect(await seriousViolations(page, "AAA")).toEqual([]);
    booth.say({ type: "in-use", canTakeOver: true, code: "session/in-use", cause: "In use.", next: "Go on here." });
    await page.click(".page-actions .primary:enabled");
    for (let waited = 0; waited < 40 && booth.said.at(-1)?.takeOver !== true; waited += 1)
      await page.waitForTimeout(25);
    expect(booth.said.at(-1)).toMatchObject({ type: "hello", takeOver: true });
    booth.show(scene.state("en"));
    await page.waitForSelector("[data-page=consent]");
    booth.say({ type: "rejected", event: "begin", code: "session/not-now", cause: "Not now.", next: "Go on." });
    await page.waitForSelector(".rejection");
    booth.show(scene.state("en"));
    await booth.drop();
    await page.waitForSelector("[data-page=offline]");
    await page.waitForSelector("[data-page=consent]");
    await page.context().close();
  });
});
