import type { Page } from "playwright-core";
import { settled } from "./browser.ts";

/** Milliseconds that a page of the kiosk may take to come; portraits and prints take their time on a busy machine. */
const PAGE_MS = 90_000;

export interface VisitOptions {
  /** The kiosk's address. */
  readonly kiosk: string;
  readonly language: "ru" | "en";
  readonly camera: "booth" | "browser";
  /** Called on each page of the visit, by its name, before anything is touched. */
  readonly look?: (name: string) => Promise<void>;
}

/** What a person before the kiosk does: waits for a page and looks at it, and touches a button that can be touched. */
function before(page: Page, look: VisitOptions["look"]) {
  const arrive = async (name: string, selector = `[data-page="${name}"]`) => {
    await page.waitForSelector(selector, { timeout: PAGE_MS }).catch(async () => {
      throw new Error(`${name} did not come; the screen shows: ${(await page.textContent("main"))?.slice(0, 300)}`);
    });
    await settled(page);
    await look?.(name);
  };
  const touch = (name: string) => page.click(`[data-name="${name}"]:enabled`, { timeout: PAGE_MS });
  return { arrive, touch };
}

/** A person before the kiosk: touches what the pages show, and nothing else. Returns the number on the slip. */
export async function visit(page: Page, { kiosk, language, camera, look }: VisitOptions): Promise<string> {
  const { arrive, touch } = before(page, look);

  await page.goto(kiosk);
  await arrive("welcome");
  await touch(`begin-${language}`);
  await page.waitForSelector(`html[lang=${language}]`);
  await arrive("consent");
  await touch("agree");
  await arrive("slip");
  await touch("no-slip");
  await arrive("document-mrz");
  await touch("specimen");
  await arrive("document-done");
  await touch("document-accept");
  await arrive("confirm");
  await touch("confirm-accept");
  await arrive("face-live", '[data-page="face-live"], [data-page="face-capturing"]');
  if (camera === "browser") await touch("camera-browser");
  await choosePhoto(page, () => arrive("face-choose"), touch);
  await arrive("fingers", '[data-page^="fingers-right-index"]');
  await arrive("fingers-done");
  await touch("fingers-accept");
  await arrive("signature");
  await sign(page);
  await touch("signature-done");
  await arrive("review");
  await touch("review-accept");
  await arrive("receipt");
  const number = (await page.textContent(".slip-number"))?.trim() ?? "";
  await touch("receipt-done");
  await arrive("wipe", '[data-name="next-person"]');
  await touch("next-person");
  await page.waitForSelector('[data-page="welcome"]', { timeout: PAGE_MS });
  return number;
}

/** A person who has come for a finished passport. Returns the page's checks: each with its verdict. */
export async function pickUp(
  page: Page,
  { kiosk, language, look }: Omit<VisitOptions, "camera">,
): Promise<Record<string, string>> {
  const { arrive, touch } = before(page, look);
  await page.goto(kiosk);
  await arrive("welcome");
  await touch(`pickup-${language}`);
  await page.waitForSelector(`html[lang=${language}]`);
  await arrive("document-mrz");
  await touch("specimen");
  await arrive("document-done");
  await touch("document-accept");
  await arrive("face-live", '[data-page="face-live"], [data-page="face-capturing"]');
  await choosePhoto(page, () => arrive("face-choose"), touch);
  await arrive("fingers", '[data-page^="fingers-right-index"]');
  await arrive("fingers-done");
  await touch("fingers-accept");
  await arrive("verdict", '[data-page^="verdict-"]:has(.verdict-checks)');
  const checks = await page.$$eval(".verdict-checks li", (lines) =>
    lines.map((line) => [line.getAttribute("data-check") ?? "", line.getAttribute("data-verdict") ?? ""]),
  );
  await touch("verdict-done");
  await arrive("wipe", '[data-page^="wipe"]');
  return Object.fromEntries(checks);
}

/** Takes the suggested photo; where none of a burst may be taken (eyes closed in each), new ones, as the page says. */
async function choosePhoto(
  page: Page,
  arrive: () => Promise<void>,
  touch: (name: string) => Promise<void>,
): Promise<void> {
  for (;;) {
    await arrive();
    await page.click(".candidate:has(.candidate-best[data-shown])");
    if (await page.isEnabled('[data-name="face-accept"]')) return touch("face-accept");
    await touch("face-again");
    await page.waitForSelector('[data-page="face-live"], [data-page="face-capturing"]', { timeout: PAGE_MS });
  }
}

/** Draws two loops and a line into the field. */
async function sign(page: Page): Promise<void> {
  const box = await (await page.waitForSelector(".signature-pad")).boundingBox();
  if (!box) throw new Error("there is no field to sign in");
  const at = (x: number, y: number) => page.mouse.move(box.x + box.width * x, box.y + box.height * y);
  await at(0.2, 0.6);
  await page.mouse.down();
  for (let step = 0; step <= 40; step += 1)
    await at(
      0.2 + step * 0.011 + 0.02 * Math.sin(step * 0.9),
      0.55 + 0.22 * Math.cos(step * 0.9) * Math.cos(step * 0.08),
    );
  await page.mouse.up();
  await at(0.3, 0.78);
  await page.mouse.down();
  for (let step = 0; step <= 12; step += 1) await at(0.3 + step * 0.035, 0.78 - step * 0.008);
  await page.mouse.up();
}
