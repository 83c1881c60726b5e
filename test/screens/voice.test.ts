/** Who looks at the camera cannot read: the booth says what it shows. If it says anything else, or goes on talking about the page before, people do the wrong thing. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { hasChromium, openBrowser, SIZES, settled, until } from "./browser.ts";
import { FakeBooth } from "./fake-booth.ts";
import { kioskScenes } from "./fixtures/kiosk-scenes.ts";
import { measure } from "./measure.ts";

jest.setTimeout(180_000);
if (!hasChromium) console.log("skipped: /usr/bin/chromium is not installed, so no page can be heard");
const describeInBrowser = hasChromium ? describe : describe.skip;

/** A loudspeaker that writes down: this machine has no voices. A sentence lasts until the test ends it. */
const LOUDSPEAKER = `
  window.heard = [];
  let said;
  const speech = {
    getVoices: () => [{ lang: "ru-RU", localService: true, name: "a" }, { lang: "en-US", localService: true, name: "b" }],
    addEventListener: () => {},
    cancel: () => { const last = said; said = undefined; if (last) { window.heard.push("(cut)"); setTimeout(() => last.onerror?.({}), 5); } },
    speak: (u) => { said = u; window.heard.push(u.lang.slice(0, 2) + ": " + u.text); },
  };
  window.endSentence = () => { const last = said; said = undefined; last?.onend?.({}); };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
`;

describeInBrowser("the booth's voice", () => {
  let browser: Browser;
  let booth: FakeBooth;
  beforeAll(async () => {
    [browser, booth] = await Promise.all([openBrowser(), FakeBooth.start()]);
  });
  afterAll(async () => {
    await browser.close();
    await booth.stop();
  });

  const open = async (): Promise<Page> => {
    const context = await browser.newContext({ viewport: SIZES.landscape, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.addInitScript(LOUDSPEAKER);
    booth.said.length = 0;
    await page.goto(booth.url);
    for (let waited = 0; waited < 100 && booth.said.length === 0; waited += 1) await page.waitForTimeout(25);
    return page;
  };
  const show = async (page: Page, name: string, language: "ru" | "en" = "en") => {
    const scene = kioskScenes.find((each) => each.name === name);
    if (scene === undefined) throw new Error(`no scene ${name}`);
    booth.show(scene.state(language));
    await page.waitForSelector(`html[lang=${language}]`);
    await settled(page);
    // What is shown for a moment is not said.
    await page.waitForTimeout(250);
  };
  const heard = async (page: Page) => (await page.evaluate("window.heard")) as string[];
  const title = async (page: Page) => (await page.textContent("h1")) ?? "";
  const faceScene = kioskScenes.find(({ name }) => name.startsWith("face"))!.name;

  test("a page is said as it is shown, in its language, and a new page cuts the last one off", async () => {
    const page = await open();
    await show(page, "consent", "ru");
    expect((await heard(page)).at(-1)).toContain(`ru: ${await title(page)}`);
    await show(page, "review", "en");
    const all = await heard(page);
    expect(all.at(-2)).toBe("(cut)");
    expect(all.at(-1)).toContain(`en: ${await title(page)}`);
    await page.context().close();
  });

  test("hints wait for the sentence before, and only the last one is said", async () => {
    const page = await open();
    await show(page, faceScene, "en");
    const scene = kioskScenes.find(({ name }) => name === faceScene)!.state("en");
    if (scene.view.step !== "face") throw new Error("no face scene");
    await page.evaluate("window.endSentence(); window.endSentence(); window.heard.length = 0");
    for (const hint of ["come-closer", "chin-up", "open-eyes"] as const) {
      booth.show({ ...scene, view: { ...scene.view, phase: "live", hint } });
      await page.waitForTimeout(250);
    }
    expect(await heard(page)).toHaveLength(1);
    await page.evaluate("window.endSentence()");
    await until(page, "window.heard.length === 2");
    expect((await heard(page))[1]).toBe(`en: ${await page.textContent(".hint")}`);
    await page.context().close();
  });

  test("what is asked before the camera is said, and thanked for: who has closed their eyes hears when to open them", async () => {
    const page = await open();
    for (const language of ["en", "ru"] as const) {
      await page.evaluate("window.endSentence(); window.heard.length = 0");
      for (const phase of ["act", "thanks"] as const) {
        await show(page, `face-asked-close-eyes-${phase}`, language);
        await page.evaluate("window.endSentence(); window.endSentence()");
      }
      const [asked, thanked] =
        language === "en"
          ? ["Close your eyes for a moment", "Thank you. Open your eyes"]
          : ["Закройте глаза на мгновение", "Спасибо. Откройте глаза"];
      const all = (await heard(page)).filter((line) => line !== "(cut)");
      expect(all.slice(-2)).toEqual([`${language}: ${asked}`, `${language}: ${thanked}`]);
    }
    await page.context().close();
  });

  test("the sound can be turned off and on, and the next person has it again", async () => {
    const page = await open();
    await show(page, "consent", "en");
    await page.click('[name="sound"], [data-name="sound"]');
    await page.evaluate("window.heard.length = 0");
    await show(page, "review", "en");
    expect(await heard(page)).toEqual([]);
    await show(page, "welcome", "ru");
    await show(page, "consent", "ru");
    expect((await heard(page)).at(-1)).toContain(`ru: ${await title(page)}`);
    await page.context().close();
  });

  test("the switch for sound has its place on every page, in the longer language", async () => {
    const page = await open();
    const faults: string[] = [];
    for (const scene of kioskScenes) {
      booth.show(scene.state("ru"));
      await page.waitForSelector("html[lang=ru]");
      await settled(page);
      const { overflow, smallTargets } = await measure(page, { text: 24, target: 73, contrast: 7 });
      for (const fault of [...overflow, ...smallTargets]) faults.push(`${scene.name}: ${fault}`);
    }
    await page.context().close();
    expect(faults).toEqual([]);
  });
});
