import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);

/** The three screens that the kiosk must fit. */
export const SIZES = {
  landscape: { width: 1920, height: 1080 },
  portrait: { width: 1080, height: 1920 },
  laptop: { width: 1366, height: 768 },
} as const;

/** Debian's Chromium with a new empty profile; `video` is shown as its camera. */
export function openBrowser(video?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--force-color-profile=srgb",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...(video ? [`--use-file-for-fake-video-capture=${video}`] : []),
    ],
  });
}

/** Runs in the page, so it is text: the sources of tests are compiled without the names of a browser. */
const SETTLED = `(async () => {
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.complete || image.decode().catch(() => undefined)));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
})()`;

/** Waits until fonts and pictures are there, so that what is measured is what a person sees. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(SETTLED);
}

/** How often, and how long apart, `until` looks. */
const LOOKS = 200;
const LOOK_EVERY_MS = 50;

/** Waits until an expression holds in the page. Playwright's own wait needs eval, which the screens' content policy forbids. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (await page.evaluate(`Boolean(${expression})`)) return;
    await page.waitForTimeout(LOOK_EVERY_MS);
  }
  throw new Error(`never true in the page: ${expression}`);
}
