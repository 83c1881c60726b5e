import { join } from "node:path";
import { openBrowser, SIZES, settled } from "./browser.ts";
import { Demonstration } from "./demonstration.ts";
import { visit } from "./visitor.ts";

/** Milliseconds until a sealed package is with the operator and a decision is back at the booth. */
const DELIVERY_MS = 120_000;
/** Milliseconds of the scripted approach to the camera, from the first frame to the one that is taken, and steps between pictures. */
const APPROACH_MS = 5000;
const APPROACH_STEP_MS = 500;

/** Takes every page of a real enrolment and of the decision on it into a folder; returns how many. */
export async function pictureRealVisit(out: string): Promise<number> {
  const kabina = await Demonstration.start();
  const browser = await openBrowser();
  let taken = 0;
  try {
    const kiosk = await (await browser.newContext({ viewport: SIZES.landscape })).newPage();
    const shoot = async (page: typeof kiosk, name: string) => {
      taken += 1;
      await page.screenshot({ path: join(out, `real-${String(taken).padStart(2, "0")}-${name}.png`) });
    };
    const look = async (name: string) => {
      await shoot(kiosk, `kiosk-${name}`);
      if (name !== "face-live") return;
      for (let at = 0; at < APPROACH_MS; at += APPROACH_STEP_MS) {
        await kiosk.waitForTimeout(APPROACH_STEP_MS);
        if (await kiosk.isVisible(".hint")) await shoot(kiosk, `kiosk-face-${at}`);
      }
    };
    const number = await visit(kiosk, { kiosk: kabina.kiosk, language: "ru", camera: "booth", look });
    const operator = await (await browser.newContext({ viewport: SIZES.laptop, locale: "ru" })).newPage();
    await operator.goto(kabina.signIn);
    await operator.waitForSelector(".case[data-case] .portrait img", { timeout: DELIVERY_MS });
    await settled(operator);
    await shoot(operator, "console-case");
    await operator.keyboard.press("a");
    await operator.waitForSelector(".undo");
    await shoot(operator, "console-accepted");
    const status = await (await browser.newContext({ viewport: SIZES.laptop, locale: "ru" })).newPage();
    await status.goto(kabina.status);
    await status.waitForSelector(`.decisions li:has-text("${number}")`, { timeout: DELIVERY_MS });
    await shoot(status, "status");
  } finally {
    await browser.close();
    await kabina.stop();
  }
  return taken;
}
