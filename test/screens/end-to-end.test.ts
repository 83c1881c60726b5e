/**
 * The whole way with real processes and a real browser: a person enrols at the kiosk, an operator decides by keyboard alone, and
 * the booth's status page shows it. If this fails, nobody gets a passport.
 */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { seriousViolations } from "./axe.ts";
import { hasChromium, openBrowser, SIZES, settled } from "./browser.ts";
import { Demonstration, isBuilt } from "./demonstration.ts";
import { pickUp, visit } from "./visitor.ts";

const START_MS = 300_000;
const VISIT_MS = 600_000;
/** Milliseconds until a sealed package is with the operator, and a signed decision back at the booth. */
const DELIVERY_MS = 120_000;

const reason = !hasChromium
  ? "/usr/bin/chromium is not installed"
  : !isBuilt
    ? "dist/ is not built (npm run build)"
    : undefined;
if (reason) console.log(`skipped: ${reason}, so nobody can walk through an enrolment`);
const describeWhole = reason ? describe.skip : describe;

describeWhole("from welcome to decision", () => {
  let kabina: Demonstration;
  let browser: Browser;
  let operator: Page;
  beforeAll(async () => {
    kabina = await Demonstration.start();
    browser = await openBrowser(kabina.cameraFile);
  }, START_MS);
  afterAll(async () => {
    await browser?.close();
    await kabina?.stop();
  }, START_MS);

  /** The case on top of the operator's queue, once it is there. */
  const openCase = async (): Promise<string> => {
    await operator.waitForSelector(".case[data-case] .portrait img", { timeout: DELIVERY_MS });
    await settled(operator);
    return (await operator.getAttribute(".case", "data-case")) ?? "";
  };

  /** What the operator sees of each sign of a picture instead of a face. */
  const signs = async (): Promise<Record<string, string>> => {
    await operator.waitForSelector(".living-signs li", { timeout: DELIVERY_MS });
    const list = await operator.$$eval(".living-signs li", (items) =>
      items.map((item) => [item.getAttribute("data-signal"), item.getAttribute("data-status")]),
    );
    return Object.fromEntries(list) as Record<string, string>;
  };

  const decisionAtBooth = async (number: string): Promise<string> => {
    const page = await (await browser.newContext({ viewport: SIZES.laptop, locale: "en" })).newPage();
    await page.goto(kabina.status);
    const row = await page.waitForSelector(`.decisions li:has-text("${number}")`, { timeout: DELIVERY_MS });
    const said = (await row.textContent()) ?? "";
    expect(await seriousViolations(page, "AA")).toEqual([]);
    await page.context().close();
    return said;
  };

  test(
    "a person enrols with the booth's camera; the operator accepts with one key",
    async () => {
      const kiosk = await (await browser.newContext({ viewport: SIZES.landscape })).newPage();
      const faults: string[] = [];
      kiosk.on("pageerror", (error) => faults.push(error.message));
      // The screen asks and shines, and the person answers: seen here, and by the operator below.
      const seen = Promise.all([
        kiosk.waitForSelector(".colour-flash", { timeout: VISIT_MS }),
        kiosk.waitForSelector('[data-page="face-answering"] .hint[data-outline=adjust]', { timeout: VISIT_MS }),
      ]).then(() => true);
      seen.catch(() => {});
      const number = await visit(kiosk, { kiosk: kabina.kiosk, language: "ru", camera: "booth" }).finally(() =>
        kiosk.context().close(),
      );
      expect(number).not.toBe("");
      expect(await seen).toBe(true);
      expect(faults).toEqual([]);

      operator = await (await browser.newContext({ viewport: SIZES.laptop, locale: "en" })).newPage();
      await operator.goto(kabina.signIn);
      const caseId = await openCase();
      // What the person reads out on the telephone is what the operator sees.
      expect(await operator.textContent(".queue .row[aria-current]")).toContain(number);
      expect(await operator.textContent(".case-head")).toContain(number);
      expect(await seriousViolations(operator, "AA")).toEqual([]);
      // Who lives before the camera, does what is asked and is lit by the screen, passes every sign.
      expect(await signs()).toMatchObject({ Challenge: "passed", ScreenReflection: "passed", FlatMotion: "passed" });
      await operator.keyboard.press("a");
      await operator.waitForSelector(`.undo:has-text("${caseId}")`);
      expect(await decisionAtBooth(number)).toContain("Accepted");
    },
    VISIT_MS,
  );

  test(
    "a person collects a passport: each question is answered on the screen, what could not be asked says why, and nothing stays",
    async () => {
      const kiosk = await (await browser.newContext({ viewport: SIZES.landscape })).newPage();
      const looked: string[] = [];
      const look = async (name: string) => {
        looked.push(name);
        if (name !== "verdict" && name !== "welcome") return;
        if (process.env.KABINA_PICTURES) await kiosk.screenshot({ path: `${process.env.KABINA_PICTURES}/${name}.png` });
        expect(await seriousViolations(kiosk, "AAA")).toEqual([]);
        if (name === "verdict")
          expect(await kiosk.textContent('[data-check="order"]')).toContain("на сервере нет заказа");
      };
      const checks = await pickUp(kiosk, { kiosk: kabina.kiosk, language: "ru", look }).finally(() =>
        kiosk.context().close(),
      );
      // Nothing was ordered in a demonstration; the rest is this person's.
      expect(checks).toEqual({
        proof: "passed",
        genuine: "passed",
        data: "passed",
        order: "not-checked",
        face: "passed",
        finger: "passed",
      });
      expect(looked.at(-1)).toBe("wipe");
    },
    VISIT_MS,
  );

  test(
    "a person enrols with their own browser's camera; the operator asks for a retake with its reason",
    async () => {
      const kiosk = await (await browser.newContext({ viewport: SIZES.laptop, permissions: ["camera"] })).newPage();
      const number = await visit(kiosk, { kiosk: kabina.kiosk, language: "en", camera: "browser" }).finally(() =>
        kiosk.context().close(),
      );

      await operator.keyboard.press("s");
      await operator.waitForSelector(".queue .row[data-state=waiting]", { timeout: DELIVERY_MS });
      await operator.keyboard.press("j");
      await operator.waitForSelector(`.case-head:has-text("${number}")`, { timeout: DELIVERY_MS });
      await operator.waitForSelector("[data-name=retake]:enabled", { timeout: DELIVERY_MS });
      // Their own camera plays a film, on which no light of the screen falls: seen, and nothing more came of it.
      expect((await signs()).ScreenReflection).not.toBe("passed");
      await operator.keyboard.press("r");
      await operator.waitForSelector("dialog[open]");
      await operator.keyboard.press("3");
      await operator.keyboard.press("6");
      await operator.keyboard.press("Enter");
      await operator.waitForSelector(".undo");
      const said = await decisionAtBooth(number);
      expect(said).toContain("Retake needed");
      expect(said).toContain("light in the photo, quality of the prints");
    },
    VISIT_MS,
  );
});
