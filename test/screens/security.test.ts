/**
 * The security officer's page in a real browser against the real server, passkeys by a virtual authenticator. What would be lost: an
 * officer who cannot get in, or who certifies a stranger's key by a slip.
 */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { nameOf } from "../../crypto/authority/authority.ts";
import { buildRequest } from "../../crypto/certificate/request.ts";
import { systemRandom } from "../../crypto/system-environment.ts";
import { MemoryKeyStore } from "../crypto/deterministic-key.ts";
import { type StaffedServer, startStaffedServer } from "../server/staff/staffed-server.ts";
import { seriousViolations } from "./axe.ts";
import { hasChromium, openBrowser, SIZES, settled } from "./browser.ts";
import { measure } from "./measure.ts";
import { screensFolder } from "./screens-folder.ts";

jest.setTimeout(240_000);
/** Least text and least target of a console, CSS pixels (WCAG 2.2, 2.5.8). */
const LEAST = { text: 13, target: 24 };
const pictures = process.env.KABINA_PICTURES;

if (!hasChromium) console.log("skipped: /usr/bin/chromium is not installed, so no page can be looked at");
const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser("the security officer's page", () => {
  let browser: Browser;
  let staffed: StaffedServer;
  beforeAll(async () => {
    staffed = await startStaffedServer(screensFolder("console"));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await staffed.close();
  });

  const context = (locale: string, theme: "light" | "dark" = "light"): Promise<BrowserContext> =>
    browser.newContext({ viewport: SIZES.laptop, locale, colorScheme: theme, reducedMotion: "reduce" });
  const enter = async (person: string, locale = "en", theme: "light" | "dark" = "light"): Promise<Page> => {
    const page = await (await context(locale, theme)).newPage();
    await page.goto(staffed.server.signInLink(person)!);
    await page.waitForSelector("[data-key=authority-root]");
    return page;
  };
  const ask = async (name: string): Promise<string> => {
    const key = await new MemoryKeyStore(systemRandom).generate("booth-identity");
    const info = key.publicKey.export({ format: "der", type: "spki" });
    const scheme = { kind: "ecdsa", digest: "sha256" } as const;
    const der = await buildRequest(nameOf(name), info, { scheme, sign: (data) => key.sign(data) });
    return staffed.installation.pki.office.submit(der, "booths", "192.0.2.7").request.keyId;
  };
  const look = async (page: Page, what: string, faults: string[]) => {
    await settled(page);
    for (const violation of await seriousViolations(page, "AA")) faults.push(`${what}: ${violation}`);
    const found = await measure(page, LEAST);
    for (const list of [found.smallText, found.smallTargets])
      for (const fault of list) faults.push(`${what}: ${fault}`);
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    if (Number(wide) > 0) faults.push(`${what}: ${wide} px wider than the screen`);
    if (pictures) writeFileSync(`${pictures}/security-${what}.png`, await page.screenshot({ fullPage: true }));
  };

  test("a passkey is added once, and signs its owner in from then on; without it nobody is", async () => {
    const page = await (await context("en")).newPage();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await page.goto(staffed.server.signInLink("security-officer")!);
    await page.waitForSelector("[data-key=authority-root]");
    await page.click("text=Add a passkey");
    await page.waitForFunction("document.querySelector('[data-person=security-officer]')?.textContent.length > 0");
    const added = () => staffed.register.credentialsOf("security-officer").filter(({ kind }) => kind === "passkey");
    for (let tries = 0; added().length === 0 && tries < 100; tries++) await page.waitForTimeout(50);
    expect(added()).toHaveLength(1);
    await page.click("text=Sign out");
    await page.click("[data-name=passkey]");
    await page.waitForSelector("[data-key=authority-root]");
    expect(staffed.register.eventsOf("security-officer").map(({ data }) => data.with)).toContain("passkey");
    // The person no longer confirms that it is they: no session.
    await page.click("text=Sign out");
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await page.click("[data-name=passkey]");
    await page.waitForSelector(".refusal");
    await page.context().close();
  });

  test("a new person's code leads to adding a passkey and to nothing else", async () => {
    const officer = await staffed.signIn("security-officer");
    const second = await staffed.signIn("security-officer-2");
    const proposal = { kind: "staff.add", id: "newcomer", name: "Newcomer", roles: ["auditor"] };
    const { id } = (await (await officer.send("POST", "/api/security/proposals", proposal)).json()) as { id: string };
    const { code } = (await (await second.send("POST", `/api/security/proposals/${id}/approve`)).json()) as {
      code: string;
    };
    const page = await (await context("ru")).newPage();
    await page.goto(`http://localhost:${staffed.server.consolePort}/#token=${code}`);
    await page.waitForSelector("[data-name=add-passkey]");
    const faults: string[] = [];
    await look(page, "add-passkey", faults);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  for (const [locale, theme] of [
    ["ru", "light"],
    ["en", "dark"],
  ] as const)
    test(`${locale}, ${theme}: axe finds nothing serious, everything is large enough and fits`, async () => {
      await ask(`booth-look-${locale}`);
      const page = await enter("security-officer", locale, theme);
      const faults: string[] = [];
      await look(page, `page-${locale}`, faults);
      await page.click("[data-name=audit]");
      await page.waitForSelector(".verified");
      await page.click("summary");
      await page.click("[data-name=certificates]");
      await page.waitForSelector("[data-serial]");
      await page.locator("[data-serial] [data-name=life]").first().click();
      await page.waitForSelector(".certificate-life li");
      await look(page, `open-${locale}`, faults);
      await page.click("[data-booth=booth-1] button");
      await page.waitForSelector("dialog[open]");
      await look(page, `drill-${locale}`, faults);
      expect(faults).toEqual([]);
      await page.context().close();
    });

  test("certifies only the key whose fingerprint was typed as the booth shows it", async () => {
    const keyId = await ask("booth-70");
    const page = await enter("security-officer");
    const request = page.locator("[data-request=booth-70]");
    await request.locator("input").first().fill("0123456789abcdef");
    await request.locator("[data-name=approve]").click();
    await page.waitForSelector('.refusal:has-text("request/fingerprint-differs")');
    expect(staffed.installation.pki.office.holding("booth-70", "booths")).toEqual([]);
    await request.locator("input").first().fill(keyId.slice(0, 32).replace(/.{4}/g, "$& ").toUpperCase());
    await request.locator("[data-name=approve]").click();
    await page.waitForSelector("[data-booth=booth-70]");
    expect(staffed.installation.pki.office.holding("booth-70", "booths")).toHaveLength(1);
    await page.context().close();
  });

  test("the drill of a stolen booth, from the page: refused everywhere, with its time", async () => {
    const page = await enter("security-officer");
    await page.click("[data-booth=booth-1] button");
    await page.click("[data-name=drill]");
    await page.waitForSelector(".drill-done");
    expect(await page.textContent(".drill-done")).toMatch(/booth-1 is refused everywhere after \d+ ms/);
    if (pictures) writeFileSync(`${pictures}/security-drill-done.png`, await page.screenshot());
    expect(staffed.installation.pki.office.holding("booth-1", "booths")).toEqual([]);
    await page.context().close();
  });

  test("a certificate is found, taken back with a reason, and shows it in its life", async () => {
    const keyId = await ask("booth-71");
    const { office } = staffed.installation.pki;
    const [waiting] = office.register.waiting().filter(({ name }) => name === "booth-71");
    await office.approve(waiting!.id, "security-officer", keyId);
    const page = await enter("security-officer");
    const search = page.locator("section", { has: page.locator("#certificates-title") });
    await search.locator("input").first().fill("booth-71");
    await page.click("[data-name=certificates]");
    await page.waitForSelector("[data-serial]");
    await page.click("[data-serial] [data-name=revoke]");
    await page.click("[data-name=revoke-go]");
    await page.waitForSelector("[data-serial] [data-weak]");
    await page.click("[data-serial] [data-name=life]");
    await page.waitForSelector('.certificate-life:has-text("certificate.revoked")');
    expect(office.holding("booth-71", "booths")).toEqual([]);
    await page.context().close();
  });

  test("two officers: one proposes and cannot approve, the other does and is told the code", async () => {
    const first = await enter("security-officer");
    await first.click("summary");
    await first.locator(".propose input").first().fill("second-auditor");
    await first.locator(".propose input").nth(1).fill("Second auditor");
    await first.click("[data-name=propose]");
    await first.waitForSelector("[data-proposal]");
    expect(await first.isDisabled("[data-name=approve-proposal]")).toBe(true);
    const second = await enter("security-officer-2", "ru");
    await second.click("[data-name=approve-proposal]");
    await second.waitForSelector(".told-once");
    await second.waitForSelector("[data-person=second-auditor]");
    for (const page of [first, second]) await page.context().close();
  });

  test("an auditor sees it all and has no button that changes anything", async () => {
    const page = await enter("auditor");
    for (const name of ["approve", "refuse", "drill", "propose", "approve-proposal"])
      expect(await page.locator(`[data-name=${name}]`).count()).toBe(0);
    await page.context().close();
  });
});
