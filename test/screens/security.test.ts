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
import { ago, receiveCase } from "../server/security/received-case.ts";
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
    return (await staffed.installation.pki.office.submit(der, "booths", "192.0.2.7")).request.keyId;
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
      await page.click("[data-name=certificates]");
      await page.waitForSelector("[data-serial]");
      await page.locator("[data-serial] [data-name=life]").first().click();
      await page.waitForSelector(".certificate-life li");
      await look(page, `open-${locale}`, faults);
      await page.click("[data-booth=booth-1] [data-name=ask-drill]");
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
    await page.click("[data-booth=booth-1] [data-name=ask-drill]");
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
    const faults: string[] = [];
    await first.click("[data-name=officers]");
    await first.click("summary");
    await first.fill("[data-name=proposal-subject]", "C-1");
    await first.fill("[data-name=proposal-reason]", "Ivan Petrov");
    expect(await first.locator(".field-fault").count()).toBe(2);
    expect(await first.isDisabled("[data-name=propose]")).toBe(true);
    await look(first, "proposal-en", faults);
    await first.selectOption("[data-name=proposal-kind]", "staff.add");
    await first.fill("[data-name=proposal-subject]", "second-auditor");
    await first.fill("[data-name=proposal-name]", "Second auditor");
    await first.click("[data-name=propose]");
    await first.waitForSelector("[data-proposal]");
    expect(await first.isDisabled("[data-name=approve-proposal]")).toBe(true);
    await first.selectOption("[data-name=proposal-kind]", "case.erase");
    await first.fill("[data-name=proposal-subject]", "C-0123456789ab");
    await first.fill("[data-name=proposal-reason]", "court-order");
    await first.click("[data-name=propose]");
    await first.waitForSelector("[data-proposal] + [data-proposal]");
    const second = await enter("security-officer-2", "ru");
    await second.click("[data-name=officers]");
    await second
      .locator("[data-proposal]", { hasText: "second-auditor" })
      .locator("[data-name=approve-proposal]")
      .click();
    await second.waitForSelector(".told-once");
    // There is no such case: what went wrong is said, and stays on the list.
    await second.click("[data-name=approve-proposal]");
    await second.waitForSelector("[data-outcome=failed] [data-weak]");
    await second.locator("[data-outcome=failed] [data-name=proposal-log]").click();
    await second.waitForSelector('.certificate-life:has-text("proposal.failed")');
    await look(second, "proposals-ru", faults);
    // A card's key: proposed with what it signed, certified by whoever types its fingerprint, and fetched as a file.
    const card = await new MemoryKeyStore(systemRandom).generate("operator");
    const scheme = { kind: "ecdsa", digest: "sha256" } as const;
    const signed = await buildRequest(nameOf("operator"), card.publicKeyInfo, {
      scheme,
      sign: (data) => card.sign(data),
    });
    await first.selectOption("[data-name=proposal-kind]", "staff.certify");
    await first.fill("[data-name=proposal-subject]", "operator");
    const file = { name: "operator.csr", mimeType: "application/pkcs10", buffer: Buffer.from(signed) };
    await first.setInputFiles("[data-name=proposal-request]", file);
    await first.waitForSelector("[data-name=propose]:not(:disabled)");
    await look(first, "proposal-card-en", faults);
    await first.click("[data-name=propose]");
    await second.click("[data-name=overview]");
    await second.click("[data-name=officers]");
    await second.waitForSelector("[data-name=proposal-compared]", { timeout: 20_000 });
    expect(
      await second.isDisabled("[data-proposal]:has([data-name=proposal-compared]) [data-name=approve-proposal]"),
    ).toBe(true);
    await second.fill("[data-name=proposal-compared]", card.keyId.slice(0, 16));
    await second.click("[data-proposal]:has([data-name=proposal-compared]) [data-name=approve-proposal]");
    const fetched = second.waitForEvent("download");
    await second.click("[data-name=proposal-file]");
    expect((await fetched).suggestedFilename()).toMatch(/^[0-9a-f]+\.der$/);
    const listed = second.waitForEvent("download");
    await second.click("[data-name=proposals-csv]");
    expect((await listed).suggestedFilename()).toBe("kabina-two-officers.csv");
    await second.click("[data-name=overview]");
    await second.waitForSelector("[data-person=second-auditor]");
    expect(faults).toEqual([]);
    for (const page of [first, second]) await page.context().close();
  });

  test("what must be looked at again: the officer sees why, a supervisor opens the case and has it decided anew", async () => {
    const { store } = staffed.server;
    const key = await new MemoryKeyStore(systemRandom).generate("booth-identity");
    const { office } = staffed.installation.pki;
    const [leaf] = await office.authority.issue("booth-identity", key, "booth-80");
    office.register.change(() => office.register.addCertificate(leaf!, "booths"));
    const common = { certificateSha256: leaf!.sha256, sealed: 12, received: 1, heartbeat: 5, operator: "operator" };
    const stands = receiveCase(store, 80, { ...common, caseId: "C-00000000008a" });
    const again = receiveCase(store, 81, { ...common, caseId: "C-00000000008b" });
    office.revoke([leaf!.serialHex], "security-officer", "keyCompromise", new Date(ago(10)));
    const faults: string[] = [];
    const officer = await enter("security-officer", "ru");
    await officer.click("[data-name=again]");
    await officer.waitForSelector(`[data-look="${again}"]`);
    expect(await officer.locator("[data-look] td").first().textContent()).toContain("booth-80");
    await look(officer, "look-again-ru", faults);
    const page = await (await context("en", "dark")).newPage();
    await page.goto(staffed.server.signInLink("supervisor")!);
    await page.click("[data-name=look-again-list]");
    await page.locator(`[data-look="${again}"] [data-name=open-case]`).click();
    await page.waitForSelector(`.case[data-case="${again}"] .look-note`);
    await look(page, "doubted-en", faults);
    await page.click("[data-name=look-again]");
    await page.waitForSelector(`.case[data-case="${again}"] .pill[data-state=waiting]`);
    await page.click("[data-name=look-again-list]");
    await page.locator(`[data-look="${stands}"] [data-name=open-case]`).click();
    await page.waitForSelector(`.case[data-case="${stands}"] .look-note`);
    await page.click("[data-name=look-stands]");
    await page.waitForSelector(".look-note", { state: "detached" });
    expect(store.looks.ofCase(stands)[0]?.closedBy).toBe("supervisor");
    expect(store.cases.find(again)?.state).toBe("waiting");
    expect(faults).toEqual([]);
    for (const one of [officer, page]) await one.context().close();
  });

  test("a booth that was tampered with stands first, until an officer has seen to it", async () => {
    const { register } = staffed;
    const at = new Date().toISOString();
    const tamper = { cabinet: "open", events: [{ kind: "cabinet-opened", at }] };
    register.note(() => {
      register.addEvent({
        ...{ at, by: "booth:booth-1", kind: "booth.tampered", subject: "booth-1" },
        data: { what: "cabinet-opened", happened: at },
      });
      register.sawBooth({
        ...{ booth: "booth-1", at, serial: null, policyVersion: 3, clockOffsetMs: 400 },
        report: JSON.stringify({ at, software: "1", policyVersion: 3, devices: [], tamper }),
      });
    });
    const faults: string[] = [];
    const page = await enter("security-officer", "ru");
    await page.waitForSelector('.attention [data-bad]:has-text("шкаф открыт сейчас")');
    await look(page, "tampered-ru", faults);
    await page.click("[data-booth=booth-1] [data-name=tamper-seen]");
    await page.waitForSelector("[data-name=tamper-seen]", { state: "detached" });
    expect(register.eventsOf("booth-1").at(-1)).toMatchObject({ kind: "booth.tamper-seen", by: "security-officer" });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("a manager sees what each office and stop has issued, and a trainer that nothing is here yet", async () => {
    const { store } = staffed.server;
    const common = { certificateSha256: "00", sealed: 4, received: 3, heartbeat: null } as const;
    receiveCase(store, 90, { ...common, operator: "operator" });
    const position = { latitude: 55.75, longitude: 37.62, accuracyMetres: 20, at: "2026-11-21T12:00:00Z" };
    const office = { id: "bus-7", name: "Автобус 7, Верхние Вязовые — Нижние Вязовые, по вторникам" };
    receiveCase(store, 91, { ...common, place: { office, position } });
    const faults: string[] = [];
    const page = await (await context("ru")).newPage();
    await page.goto(staffed.server.signInLink("manager")!);
    await page.click("[data-place=bus-7] .place");
    await page.waitForSelector(".place-day");
    await look(page, "network-ru", faults);
    await page.click("[data-name=days-7]");
    await page.waitForSelector("[data-name=days-7][aria-pressed=true]");
    const trainer = await (await context("en", "dark")).newPage();
    await trainer.goto(staffed.server.signInLink("trainer")!);
    await trainer.waitForSelector("h1:has-text('Nothing is here')");
    await look(trainer, "trainer-en", faults);
    expect(faults).toEqual([]);
    for (const one of [page, trainer]) await one.context().close();
  });

  test("an auditor sees it all and has no button that changes anything", async () => {
    const page = await enter("auditor");
    for (const name of ["approve", "refuse", "drill", "propose", "approve-proposal"])
      expect(await page.locator(`[data-name=${name}]`).count()).toBe(0);
    await page.context().close();
  });
});
