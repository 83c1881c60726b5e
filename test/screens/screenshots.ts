/**
 * `npm run screenshots [-- --only NAME] [--real] [--out DIR]`: a picture of every page of the kiosk and the console, for people
 * to look at. Into `screenshots/` unless told otherwise. With `--real` a person enrols at a real booth besides, an operator
 * decides at a real server, and every page of that is taken too (`real-…`).
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Language } from "../../booth/api/messages.ts";
import { openBrowser, SIZES, settled } from "./browser.ts";
import { FakeBooth } from "./fake-booth.ts";
import { FakeServer } from "./fake-server.ts";
import { kioskScenes } from "./fixtures/kiosk-scenes.ts";
import { boothStatus } from "./fixtures/status-scenes.ts";
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

/** Milliseconds into the drawings' movement at which the picture is taken. */
const POSE_MS = 1400;

const sizes = Object.entries(SIZES).filter(([name]) => !values.size || values.size === name);
const languages = (["ru", "en"] as Language[]).filter((name) => !values.language || values.language === name);
const wanted = (name: string) => !values.only || values.only.split(",").some((part) => name.startsWith(part));

await mkdir(values.out, { recursive: true });
const browser = await openBrowser();
const booth = await FakeBooth.start();
const server = await FakeServer.start();
let taken = 0;
try {
  for (const [size, viewport] of sizes) {
    const page = await browser.newPage({ viewport });
    await page.goto(booth.url);
    for (const language of languages) {
      for (const scene of kioskScenes.filter(({ name }) => wanted(name))) {
        booth.show(scene.state(language));
        await page.waitForTimeout(POSE_MS / 4);
        await settled(page);
        await page.waitForTimeout(POSE_MS);
        await page.screenshot({ path: join(values.out, `kiosk-${scene.name}-${language}-${size}.png`) });
        taken += 1;
      }
    }
    await page.close();
  }
  if (wanted("status")) {
    booth.status = boothStatus;
    const page = await browser.newPage({ viewport: SIZES.laptop, locale: "ru" });
    await page.goto(`${booth.url}/status`);
    await page.waitForSelector(".status-body");
    await settled(page);
    await page.screenshot({ path: join(values.out, "booth-status-ru.png") });
    taken += 1;
    await page.close();
  }
  if (wanted("console")) {
    for (const [name, locale, colorScheme, size] of [
      ["light", "ru", "light", "laptop"],
      ["dark", "en", "dark", "laptop"],
      ["wide", "ru", "light", "landscape"],
    ] as const) {
      const page = await browser.newPage({ viewport: SIZES[size], locale, colorScheme });
      const shoot = async (what: string) => {
        await page.waitForTimeout(300);
        await settled(page);
        await page.screenshot({ path: join(values.out, `console-${what}-${name}.png`) });
        taken += 1;
      };
      server.signedIn = false;
      await page.goto(server.url);
      await page.waitForSelector(".sign-in");
      await shoot("sign-in");
      server.signedIn = true;
      await page.reload();
      await page.waitForSelector(".case-head");
      await shoot("case-trouble");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.waitForSelector('[data-case="C-2611-0038"].case');
      await shoot("case-no-chip");
      await page.keyboard.press("j");
      await page.waitForSelector('[data-case="C-2611-0040"].case');
      await shoot("case-clean");
      await page.keyboard.press("r");
      await page.keyboard.press("3");
      await shoot("retake");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Shift+Slash");
      await shoot("keys");
      await page.keyboard.press("Escape");
      await page.keyboard.press("a");
      await page.waitForSelector(".undo");
      await shoot("undo");
      await page.keyboard.press("u");
      await page.waitForSelector(".undo", { state: "detached" });
      await page.close();
    }
  }
} finally {
  await browser.close();
  await booth.stop();
  await server.stop();
}
if (values.real) taken += await pictureRealVisit(values.out);
console.log(`${taken} pictures in ${values.out}`);
