/**
 * The operators' console over recorded cases: everything by keyboard, lists that never jump, undo, honest failures. An operator
 * who fails here decides the wrong case, or loses one.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { QueueItem } from "../../server/review/api.ts";
import { seriousViolations } from "./axe.ts";
import { hasChromium, openBrowser, SIZES, settled, until } from "./browser.ts";
import { FakeServer } from "./fake-server.ts";
import { queueItems } from "./fixtures/console-cases.ts";
import { measure } from "./measure.ts";

/** Least text and least target of a console, CSS pixels (WCAG 2.2, 2.5.8). */
const LEAST = { text: 13, target: 24 };
/** A few pages on a busy machine; axe on each takes its time. */
const PAGES_TIMEOUT_MS = 600_000;
jest.setTimeout(PAGES_TIMEOUT_MS);

if (!hasChromium) console.log("skipped: /usr/bin/chromium is not installed, so no page can be looked at");
const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser("console pages", () => {
  let browser: Browser;
  let server: FakeServer;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await FakeServer.start();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await server.stop();
  });

  const open = async (
    look: { size?: keyof typeof SIZES; theme?: "light" | "dark"; locale?: string } = {},
  ): Promise<Page> => {
    const context = await browser.newContext({
      viewport: SIZES[look.size ?? "laptop"],
      colorScheme: look.theme ?? "light",
      locale: look.locale ?? "en",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.goto(server.url);
    return page;
  };
  const atCase = (page: Page, number: string) => page.waitForSelector(`.case[data-case="C-2611-${number}"]`);
  const rows = (page: Page) =>
    page.evaluate(`[...document.querySelectorAll(".row")].map((row) => row.dataset.case)`) as Promise<string[]>;

  for (const theme of ["light", "dark"] as const)
    test(
      `${theme}: axe finds nothing serious, nothing overlaps, text and targets are large enough`,
      async () => {
        const page = await open({ theme, locale: theme === "light" ? "ru" : "en" });
        const faults: string[] = [];
        const look = async (what: string) => {
          await settled(page);
          for (const violation of await seriousViolations(page, "AA")) faults.push(`${what}: ${violation}`);
          const found = await measure(page, LEAST);
          for (const list of [found.smallText, found.smallTargets])
            for (const fault of list) faults.push(`${what}: ${fault}`);
          const pictures = process.env.KABINA_PICTURES;
          if (pictures) await page.screenshot({ path: `${pictures}/console-${what}-${theme}.png` });
        };
        for (const number of ["0041", "0043", "0038", "0040"]) {
          await atCase(page, number);
          await look(number);
          await page.keyboard.press("j");
        }
        for (let step = 0; step < 3; step++) await page.keyboard.press("k");
        await atCase(page, "0043");
        await page.locator(".portrait-measures summary").click();
        await look("measures");
        await page.locator("body").click({ position: { x: 5, y: 5 } });
        await page.keyboard.press("a");
        await page.waitForSelector("dialog[open]");
        await look("override");
        await page.keyboard.press("Escape");
        await page.keyboard.press("j");
        await page.keyboard.press("j");
        await atCase(page, "0040");
        await page.keyboard.press("r");
        await look("retake");
        await page.keyboard.press("Escape");
        await page.keyboard.press("e");
        await look("escalate");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Shift+Slash");
        await look("keys");
        await page.keyboard.press("Escape");
        await page.keyboard.press("a");
        await page.waitForSelector(".undo");
        await look("undo");
        await page.keyboard.press("u");
        await page.waitForSelector(".undo", { state: "detached" });
        await page.keyboard.press("d");
        await page.click('[data-case="C-2611-0034"]');
        await page.waitForSelector(".erased-note");
        expect(await page.textContent(".erased-note h2")).toMatch(/21.11.2026|21\/11\/2026/);
        expect(await page.locator(".portraits, .prints, .panel-data").count()).toBe(0);
        await look("erased");
        await page.click("[data-name=look-again-list]");
        await page.waitForSelector("[data-look]");
        await look("look-again");
        await page.locator("[data-name=open-case]").first().click();
        await page.waitForSelector('[data-case="C-2611-0036"] .look-note');
        await look("doubted");
        server.signedIn = false;
        await page.reload();
        await page.waitForSelector(".sign-in");
        await look("sign-in");
        expect(faults).toEqual([]);
      },
      PAGES_TIMEOUT_MS,
    );

  test("a whole shift by keyboard alone: accept, retake with reasons, escalate with a note", async () => {
    const page = await open();
    await atCase(page, "0041");
    await page.keyboard.press("a");
    await atCase(page, "0043");
    await page.keyboard.press("r");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("3");
    await page.keyboard.press("6");
    await page.keyboard.press("Enter");
    await atCase(page, "0038");
    await page.keyboard.press("e");
    await page.keyboard.type("The faces differ.");
    await page.keyboard.press("Control+Enter");
    await atCase(page, "0040");
    expect(server.decisions).toEqual([
      { caseId: "C-2611-0041", decision: { kind: "accept" } },
      { caseId: "C-2611-0043", decision: { kind: "retake", reasons: ["portrait-light", "finger-quality"] } },
      { caseId: "C-2611-0038", decision: { kind: "escalate", note: "The faces differ." } },
    ]);
  });

  test("a portrait that fails is taken only with a reason, which goes with the decision", async () => {
    const page = await open({ locale: "ru" });
    await atCase(page, "0041");
    await page.keyboard.press("j");
    await atCase(page, "0043");
    const failing = await page.locator('.portrait-measures [data-status="failed"] .measure-name').allTextContents();
    expect(failing.slice(0, 2).sort()).toEqual(["Без головного убора", "Резкость"]);
    await page.keyboard.press("a");
    await page.waitForSelector("dialog[open] [data-name=override-send]:disabled");
    // Another reason is none until it is written down.
    await page.keyboard.press("6");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await atCase(page, "0038");
    expect(server.decisions).toEqual([
      { caseId: "C-2611-0043", decision: { kind: "accept", override: "religious-covering" } },
    ]);
  });

  test("keys work under a Russian layout, and are silent while a note is written", async () => {
    const page = await open();
    await atCase(page, "0041");
    await page.evaluate(
      `document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "о", code: "KeyJ", bubbles: true }))`,
    );
    await atCase(page, "0043");
    await page.keyboard.press("e");
    await page.keyboard.type("a jar");
    expect(server.decisions).toEqual([]);
    await page.keyboard.press("Escape");
    await atCase(page, "0043");
  });

  test("a decision can be taken back, and the case comes back to the eye", async () => {
    const page = await open();
    await atCase(page, "0041");
    await page.keyboard.press("a");
    await atCase(page, "0043");
    await page.keyboard.press("u");
    await atCase(page, "0041");
    await page.waitForSelector("[data-name=accept]:enabled");
    expect(server.undone).toEqual(["C-2611-0041"]);
  });

  test("lists never jump: a decided case keeps its place, a new one comes below a mark, until sorted again", async () => {
    const page = await open();
    await atCase(page, "0041");
    const before = await rows(page);
    await page.keyboard.press("a");
    await atCase(page, "0043");
    const urgent: QueueItem = { ...(queueItems[0] as QueueItem), caseId: "C-2611-0099", version: 1, waitingMs: 0 };
    server.tell("added", urgent);
    await page.waitForSelector('.row[data-case="C-2611-0099"]');
    expect(await rows(page)).toEqual([...before, "C-2611-0099"]);
  });

  test("an old event never overwrites a newer one", async () => {
    const page = await open();
    await atCase(page, "0041");
    const item = queueItems[3] as QueueItem;
    server.tell("changed", { ...item, version: 9, state: "accepted" });
    await page.waitForSelector(`.row[data-case="${item.caseId}"][data-state=accepted]`);
    server.tell("changed", { ...item, version: 4, state: "waiting" });
    server.tell("changed", { ...(queueItems[4] as QueueItem), version: 9, state: "retake" });
    await page.waitForSelector(`.row[data-case="C-2611-0042"][data-state=retake]`);
    expect(await page.getAttribute(`.row[data-case="${item.caseId}"]`, "data-state")).toBe("accepted");
  });

  test("a server in trouble is said with its own words, and a session that ended leads to the sign-in page", async () => {
    const page = await open();
    await atCase(page, "0041");
    server.broken = true;
    await page.keyboard.press("a");
    await page.waitForSelector('.refusal:has-text("The store is busy.")');
    await atCase(page, "0041");
    server.broken = false;
    server.signedIn = false;
    await page.keyboard.press("a");
    await page.waitForSelector(".sign-in");
    await page.fill(".sign-in input", "wrong-token-0000000");
    await page.keyboard.press("Enter");
    await page.waitForSelector('.refusal:has-text("This token is not valid.")');
    await page.fill(".sign-in input", "right-token-0000000");
    await page.keyboard.press("Enter");
    await atCase(page, "0041");
  });

  test("single-key commands can be switched off, and stay off", async () => {
    const page = await open();
    await atCase(page, "0041");
    await page.keyboard.press("Shift+Slash");
    await page.click(".switch input");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await page.reload();
    await atCase(page, "0041");
    await page.keyboard.press("a");
    await until(page, `document.querySelector("[data-name=accept]") !== null`);
    expect(server.decisions).toEqual([]);
    await page.click("[data-name=accept]");
    await atCase(page, "0043");
  });

  test("a case is found by its number, in the reader's language, and the queue stays where it is", async () => {
    const page = await open({ locale: "ru" });
    await atCase(page, "0041");
    const before = await rows(page);
    const field = page.getByLabel("Найти дело");
    await field.fill("0038");
    await page.waitForSelector("text=Найдено · 1");
    expect((await rows(page)).slice(1)).toEqual(before);
    const faults = await seriousViolations(page, "AA");
    expect(faults).toEqual([]);
    const found = await measure(page, LEAST);
    expect([...found.smallText, ...found.smallTargets]).toEqual([]);
    if (process.env.KABINA_LOOK) await page.screenshot({ path: process.env.KABINA_LOOK });
    await page.locator(".row").first().click();
    await atCase(page, "0038");
    // What stands behind a failure is said in Russian too.
    const measures = (await page.locator(".check-measures").allTextContents()).join(" ");
    expect(measures).not.toMatch(/[a-z]{4,}/);
    await field.fill("no such case");
    await page.waitForSelector("text=Ничего не найдено");
    await field.fill("");
    await page.waitForSelector("text=Ничего не найдено", { state: "detached" });
    expect(await rows(page)).toEqual(before);
  });

  test("an empty queue says so", async () => {
    server.items = [];
    server.decided = [];
    const page = await open();
    await page.waitForSelector(".queue-empty");
  });
});
