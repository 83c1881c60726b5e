/**
 * The policy form in a real browser against the real server, signed by two officers' own keys. What would be lost: a limit of every booth
 * changed by a slip of the hand, or an officer who signs what was not shown.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { decodeHotList } from "../../crypto/device/hot-list.ts";
import { beginPolicy, type PolicyOfficers } from "../server/security/officers.ts";
import { type StaffedServer, startStaffedServer } from "../server/staff/staffed-server.ts";
import { seriousViolations } from "./axe.ts";
import { hasChromium, openBrowser, SIZES, settled } from "./browser.ts";
import { measure } from "./measure.ts";
import { root, screensFolder } from "./screens-folder.ts";

jest.setTimeout(240_000);
const LEAST = { text: 13, target: 24 };
const pictures = process.env.KABINA_PICTURES;

if (!hasChromium) console.log("skipped: /usr/bin/chromium is not installed, so no page can be looked at");
const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser("the policy form", () => {
  let browser: Browser;
  let staffed: StaffedServer;
  let officers: PolicyOfficers;
  const downloads = mkdtempSync(join(tmpdir(), "kabina-policy-"));
  const [one, two] = ["security-officer", "security-officer-2"] as const;
  beforeAll(async () => {
    staffed = await startStaffedServer(screensFolder("console"));
    officers = await beginPolicy(staffed, [one, two]);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await staffed.close();
    await rm(downloads, { recursive: true });
  });

  const enter = async (person: string, locale: string, colorScheme: "light" | "dark" = "light"): Promise<Page> => {
    const context = await browser.newContext({ viewport: SIZES.laptop, locale, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(staffed.server.signInLink(person)!);
    await page.click("[data-name=policy]");
    await page.waitForSelector(".policy-form");
    return page;
  };
  const faults: string[] = [];
  const look = async (page: Page, what: string) => {
    await settled(page);
    for (const violation of await seriousViolations(page, "AA")) faults.push(`${what}: ${violation}`);
    const found = await measure(page, LEAST);
    for (const list of [found.smallText, found.smallTargets])
      for (const fault of list) faults.push(`${what}: ${fault}`);
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    if (Number(wide) > 0) faults.push(`${what}: ${wide} px wider than the screen`);
    if (pictures) writeFileSync(`${pictures}/policy-${what}.png`, await page.screenshot({ fullPage: true }));
  };
  const change = (page: Page) => page.locator(".policy-aside [data-change]").allTextContents();
  /** As the page says: download, sign with the command that it shows, bring the file. */
  const sign = async (page: Page, person: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".policy-download")]);
    const file = join(downloads, `${person}.json`);
    await download.saveAs(file);
    const shown = (await page.textContent(".policy-command"))!.replaceAll("\\\n", " ").trim().split(/\s+/).slice(1);
    const out = join(downloads, `${person}.signature.json`);
    const args = shown.map(
      (word) => ({ KEYS: officers.folder(person), [shown[2]!]: file, "signature.json": out })[word] ?? word,
    );
    await promisify(execFile)(process.execPath, [join(root, "dist/cli/kabina.js"), ...args], {
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    expect(JSON.parse(await readFile(out, "utf8")).hash).toBe(shown[shown.indexOf("--hash") + 1]);
    await page.setInputFiles("[data-name=signature]", out);
  };

  test("a wrong value is said beside its field, and nothing can be proposed until it is mended", async () => {
    const page = await enter(one, "ru");
    await page.fill('[data-path="fingers.least"]', "95");
    await page.fill('[data-path="stepMs.face"]', "two");
    await page.fill('[data-path="face.pass.Sharpness"]', "101");
    const said = await page.locator(".policy-field .field-fault").allTextContents();
    expect(said).toEqual(["Это записано неверно.", "Не больше 100."]);
    expect(await page.isDisabled("[data-name=propose-policy]")).toBe(true);
    await look(page, "wrong-ru");
    await page.fill('[data-path="stepMs.face"]', "90,5");
    await page.fill('[data-path="face.pass.Sharpness"]', "60");
    expect(await page.locator(".policy-field .field-fault").allTextContents()).toEqual([
      "Это не сходится с полем «Желаемое качество (0–100)».",
    ]);
    await page.fill('[data-path="fingers.least"]', "20");
    expect(await change(page)).toEqual(["Резкость: – → 60", "Фото, с: 120 с → 90.5 с"]);
    await page.context().close();
  });

  test("two officers: one proposes and signs, the other sees the same change, signs, and it is in force", async () => {
    const page = await enter(one, "en", "dark");
    await page.fill('[data-path="version"]', "2026-12");
    await page.fill('[data-path="fingers.maxTries"]', "4");
    await page.click("[data-name=add-fee]");
    await page.fill('[data-path="fees.0.amount"]', "600000");
    await page.fill('[data-path="devices.camera"]', "v4l2, simulator");
    await look(page, "edited-en");
    await page.click("[data-name=tab-hot-list]");
    await page.click("[data-name=add-entry]");
    expect(await page.locator(".policy-form .field-fault").allTextContents()).toEqual([
      "Say at least one thing of the device.",
    ]);
    await page.selectOption('[data-path="hotList.0.kind"]', "fingerprint");
    await page.fill('[data-path="hotList.0.serial"]', "SN-17");
    await page.fill('[data-path="hotList.0.id"]', "sensor-17");
    await look(page, "hot-list-en");
    await page.click("[data-name=propose-policy]");
    await page.waitForSelector('[data-draft="1"]');
    const against = await page.locator(".policy-draft [data-change]").allTextContents();
    expect(against).toContain("Tries of one finger: 3 → 4");
    expect(against).toContain("Camera, driver 1: – → v4l2");
    expect(against).toContain("Duty 1: Amount: – → 600000");
    expect(against).toContain("sensor-17: Serial number: – → SN-17");
    await look(page, "draft-en");
    await sign(page, one);
    await page.waitForSelector("text=You have signed.");
    expect(await page.locator("[data-name=signature]").count()).toBe(0);

    const other = await enter(two, "ru");
    expect(await other.locator(".policy-draft [data-change]").allTextContents()).toContain("Попыток на палец: 3 → 4");
    // A file that is no signature is said to be none, and is not sent.
    const stray = join(downloads, "stray.json");
    writeFileSync(stray, "{}");
    await other.setInputFiles("[data-name=signature]", stray);
    await other.waitForSelector('.field-fault:has-text("kabina policy sign-file")');
    await sign(other, two);
    await other.waitForSelector('[data-published="1"]');
    await look(other, "published-ru");
    expect(await other.textContent("[data-force]")).toContain("2026-12");
    const { repository } = staffed.installation.pki.updates;
    expect((await repository.standing()).targets?.version).toBe(1);
    expect(decodeHotList((await repository.target("hot-list.json"))!).entries.map(({ id }) => id)).toEqual([
      "sensor-17",
    ]);
    for (const one of [page, other]) await one.context().close();
  });

  test("an auditor reads the policy and can change nothing", async () => {
    const page = await enter("auditor", "en");
    expect(await page.isDisabled('[data-path="version"]')).toBe(true);
    for (const name of ["propose-policy", "withdraw", "signature"])
      expect(await page.locator(`[data-name=${name}]`).count()).toBe(0);
    await look(page, "auditor");
    await page.context().close();
  });

  test("axe finds nothing serious, everything is large enough and fits", () => {
    expect(faults).toEqual([]);
  });
});
