/**
 * A passport whose chip holds SQL and script where a name should be: shown as text to the person and to the operator, run by
 * nobody. If this fails, whoever prints a chip gives orders to the passport service.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { Scenario } from "../../booth/enrol/scenario.ts";
import { BoothWorld, worldMissing } from "../end-to-end/booth-world.ts";
import { hasChromium, openBrowser, SIZES } from "./browser.ts";
import { visit } from "./visitor.ts";

const reason = hasChromium ? worldMissing : "/usr/bin/chromium is not installed";
if (reason !== null) console.warn(`skipped: ${reason}`);

/** 39 characters, as many as a name has on the second page: what no clerk would type, and what a chip may hold all the same. */
const NASTY = "<script>a(1)</script>'; DROP TABLE c;--".slice(0, 39);
const START_MS = 240_000;
const DELIVERY_MS = 120_000;

(reason === null ? describe : describe.skip)("SQL and script in the chip's names", () => {
  const world = new BoothWorld();
  let browser: Browser;
  let signIn = "";
  beforeAll(async () => {
    await world.prepare();
    signIn = await world.startServer();
    const file = join(world.person, "passport", "DG1.bin");
    const dg1 = readFileSync(file);
    const name = dg1.indexOf("P<") + 5;
    expect(dg1.length - name).toBe(83);
    dg1.write(NASTY, name, "latin1");
    writeFileSync(file, dg1);
    await world.start(Scenario.parse({}));
    browser = await openBrowser();
  }, START_MS);
  afterAll(async () => {
    await browser?.close();
    await world.remove();
  }, START_MS);

  /** What a script of somebody else's would leave behind. */
  const watch = (page: Page) => {
    const run: string[] = [];
    page.on("dialog", (dialog) => {
      run.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("pageerror", ({ message }) => run.push(message));
    return run;
  };
  const foreignScripts = (page: Page) =>
    page.evaluate(
      `[...document.querySelectorAll("script")].filter((script) => !script.src.startsWith(location.origin)).length`,
    );

  test(
    "are text in the kiosk and in the console, and the case is there with what is wrong with it",
    async () => {
      const kiosk = await (await browser.newContext({ viewport: SIZES.landscape })).newPage();
      const atKiosk = watch(kiosk);
      let shown = "";
      let scripts: unknown;
      const number = await visit(kiosk, {
        kiosk: world.url,
        language: "en",
        camera: "booth",
        look: async (name) => {
          if (name !== "confirm") return;
          shown = (await kiosk.textContent("main")) ?? "";
          scripts = await foreignScripts(kiosk);
        },
      });
      expect(shown.toUpperCase()).toContain("DROP TABLE");
      expect(shown.toUpperCase()).toContain("SCRIPT");
      expect(scripts).toBe(0);
      expect(atKiosk).toEqual([]);
      await kiosk.context().close();

      const operator = await (await browser.newContext({ viewport: SIZES.laptop, locale: "en" })).newPage();
      const atConsole = watch(operator);
      await operator.goto(signIn);
      await operator.waitForSelector(".case[data-case] .portrait img", { timeout: DELIVERY_MS });
      expect(await operator.textContent(".case-head")).toContain(number);
      expect((await operator.textContent(".case"))?.toUpperCase()).toContain("DROP TABLE");
      expect(await foreignScripts(operator)).toBe(0);
      expect(atConsole).toEqual([]);
      // The tables are where they were: the next page of the queue comes.
      await operator.reload();
      await operator.waitForSelector(".case[data-case] .portrait img", { timeout: DELIVERY_MS });
      await operator.context().close();
    },
    START_MS,
  );
});
