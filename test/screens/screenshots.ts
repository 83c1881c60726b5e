/**
 * `npm run screenshots [-- --only NAME] [--size S] [--language L] [--real] [--out DIR]`: a picture of every page of the kiosk and the
 * console, for people to look at; `officer`: those of the officer and of the network, from a real server. Into `screenshots/` unless told otherwise. With `--real` a person enrols at a real booth besides, an
 * operator decides at a real server, and every page of that is taken too (`real-…`).
 */
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import type { Language } from "../../booth/api/messages.ts";
import { openBrowser, SIZES, settled } from "./browser.ts";
import { FakeBooth } from "./fake-booth.ts";
import { FakeServer } from "./fake-server.ts";
import { ERASED_CASE } from "./fixtures/console-cases.ts";
import { kioskScenes } from "./fixtures/kiosk-scenes.ts";
import { boothStatus } from "./fixtures/status-scenes.ts";
import { pictureOfficer } from "./officer-pictures.ts";
import { pictureRealVisit } from "./real-visit.ts";
import { root } from "./screens-folder.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    out: { type: "string", default: join(root, "screenshots") },
    size: { type: "string" },
    language: { type: "string" },
    real: { type: "boolean", default: false },
  },
});

/** Milliseconds into the drawings' movement that the pictures show. */
const POSE_MS = 1400;

const sizes = Object.entries(SIZES).filter(([name]) => !values.size || values.size === name);
const languages = (["ru", "en"] as Language[]).filter((name) => !values.language || values.language === name);
const wanted = (name: string) => !values.only || values.only.split(",").some((part) => name.startsWith(part));
const scenes = kioskScenes.filter(({ name }) => wanted(name));

await mkdir(values.out, { recursive: true });
const browser = await openBrowser();
const began = performance.now();
let taken = 0;

/** Moves every drawing to the same moment of its movement, and what ends to its end: nobody has to wait for it, and pictures can be compared. */
const POSE = `for (const movement of document.getAnimations()) {
  if (movement.effect.getComputedTiming().endTime === Infinity) {
    movement.pause();
    movement.currentTime = ${POSE_MS};
  } else movement.finish();
}`;

async function shoot(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.evaluate(POSE);
  await page.screenshot({ path: join(values.out, `${name}.png`) });
  taken += 1;
  console.log(`${taken}  ${Math.round((performance.now() - began) / 1000)} s  ${name}`);
}

/** The kiosk's pages in one size and one language, from a booth of its own. */
async function pictureKiosk(size: string, viewport: { width: number; height: number }, language: Language) {
  const booth = await FakeBooth.start();
  const page = await browser.newPage({ viewport });
  try {
    await page.goto(booth.url);
    for (const scene of scenes) {
      await page.waitForSelector(booth.show(scene.state(language)));
      await page.waitForSelector(`html[lang=${language}]`);
      await shoot(page, `kiosk-${scene.name}-${language}-${size}`);
    }
  } finally {
    await page.close();
    await booth.stop();
  }
}

async function pictureStatus() {
  const booth = await FakeBooth.start();
  booth.status = boothStatus;
  const page = await browser.newPage({ viewport: SIZES.laptop, locale: "ru" });
  await page.goto(`${booth.url}/status`);
  await page.waitForSelector(".status-body");
  await shoot(page, "booth-status-ru");
  await page.close();
  await booth.stop();
}

async function pictureConsole(name: string, locale: string, colorScheme: "light" | "dark", size: keyof typeof SIZES) {
  const server = await FakeServer.start();
  const page = await browser.newPage({ viewport: SIZES[size], locale, colorScheme });
  const look = (what: string) => shoot(page, `console-${what}-${name}`);
  server.signedIn = false;
  await page.goto(server.url);
  await page.waitForSelector(".sign-in");
  await look("sign-in");
  server.signedIn = true;
  await page.reload();
  await page.waitForSelector(".case-head");
  await look("case-trouble");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.waitForSelector('[data-case="C-2611-0038"].case');
  await look("case-no-chip");
  await page.keyboard.press("j");
  await page.waitForSelector('[data-case="C-2611-0040"].case');
  await look("case-clean");
  await page.keyboard.press("r");
  await page.keyboard.press("3");
  await look("retake");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Slash");
  await look("keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("a");
  await page.waitForSelector(".undo");
  await look("undo");
  await page.keyboard.press("u");
  await page.waitForSelector(".undo", { state: "detached" });
  await page.click("[data-name=look-again-list]");
  await page.waitForSelector("[data-look]");
  await look("look-again");
  await page.locator("[data-name=open-case]").first().click();
  await page.waitForSelector(".look-note");
  await look("case-doubted");
  await page.keyboard.press("d");
  await page.click(`[data-case="${ERASED_CASE}"]`);
  await page.waitForSelector(".erased-note");
  await look("case-erased");
  await page.close();
  await server.stop();
}

const work: (() => Promise<void>)[] = [];
if (wanted("console"))
  for (const [name, locale, theme, size] of [
    ["light", "ru", "light", "laptop"],
    ["dark", "en", "dark", "laptop"],
    ["wide", "ru", "light", "landscape"],
  ] as const)
    work.push(() => pictureConsole(name, locale, theme, size));
if (wanted("officer"))
  work.push(() =>
    pictureOfficer(
      browser,
      [
        { name: "light", locale: "ru", theme: "light", size: "laptop" },
        { name: "dark", locale: "en", theme: "dark", size: "laptop" },
        { name: "wide", locale: "ru", theme: "light", size: "landscape" },
      ],
      shoot,
    ),
  );
if (wanted("status")) work.push(pictureStatus);
if (scenes.length > 0)
  for (const [size, viewport] of sizes)
    for (const language of languages) work.push(() => pictureKiosk(size, viewport, language));

try {
  /** A page encodes while another is drawn; more at once than there are processors only wait for each other. */
  const lane = async () => {
    for (let next = work.shift(); next; next = work.shift()) await next();
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
} finally {
  await browser.close();
}
if (values.real) taken += await pictureRealVisit(values.out);
console.log(`${taken} pictures in ${values.out}, in ${Math.round((performance.now() - began) / 1000)} s`);
