/**
 * Pictures of the officer's and the network's pages, from a real server with a day behind it, so that they are never older than what the server says. For
 * `npm run screenshots`.
 */
import type { Browser, Page } from "playwright-core";
import { nameOf } from "../../crypto/authority/authority.ts";
import { buildRequest } from "../../crypto/certificate/request.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import { systemRandom } from "../../crypto/system-environment.ts";
import { MemoryKeyStore } from "../crypto/deterministic-key.ts";
import type { ConsoleClient } from "../server/console-client.ts";
import { beginPolicy, signatureOver } from "../server/security/officers.ts";
import { ago, receiveCase } from "../server/security/received-case.ts";
import { type StaffedServer, startStaffedServer } from "../server/staff/staffed-server.ts";
import { SIZES } from "./browser.ts";
import { screensFolder } from "./screens-folder.ts";

const FIRST = "security-officer";
const SECOND = "security-officer-2";
const hour = 1 / 24; // days

export interface PictureOptions {
  readonly name: string;
  readonly locale: string;
  readonly theme: "light" | "dark";
  readonly size: keyof typeof SIZES;
}

/** Takes every page, first of a server that has nothing yet, then of one with a day behind it. */
export async function pictureOfficer(
  browser: Browser,
  wanted: readonly PictureOptions[],
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const staffed = await startStaffedServer(screensFolder("console"));
  try {
    for (const one of wanted) await pictureEmpty(browser, staffed, one, shoot);
    await liveADay(staffed);
    for (const one of wanted) await pictureFull(browser, staffed, one, shoot);
  } finally {
    await staffed.close();
  }
}

async function entered(browser: Browser, staffed: StaffedServer, person: string, options: PictureOptions) {
  const { locale, theme, size } = options;
  const page = await browser.newPage({ viewport: SIZES[size], locale, colorScheme: theme, reducedMotion: "reduce" });
  await page.goto(staffed.server.signInLink(person)!);
  return page;
}

/** What a section shows when its top is at the top of the screen. */
async function atSection(page: Page, titleId: string): Promise<void> {
  await page.evaluate(`document.getElementById(${JSON.stringify(titleId)}).scrollIntoView({ block: "start" })`);
}

async function pictureEmpty(
  browser: Browser,
  staffed: StaffedServer,
  options: PictureOptions,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const look = (page: Page, what: string) => shoot(page, `console-${what}-${options.name}`);
  const page = await entered(browser, staffed, FIRST, options);
  await page.waitForSelector("[data-key=authority-root]");
  await look(page, "officer-empty");
  await page.click("[data-name=officers]");
  await page.waitForSelector("#decided-title");
  await look(page, "proposals-empty");
  await page.click("[data-name=again]");
  await page.waitForSelector("h1");
  await look(page, "officer-look-again-empty");
  await page.click("[data-name=policy]");
  await page.waitForSelector("h1");
  await page.waitForTimeout(300);
  await look(page, "policy-empty");
  await page.close();
  const manager = await entered(browser, staffed, "manager", options);
  await manager.waitForSelector("h1");
  await manager.waitForTimeout(300);
  await look(manager, "network-empty");
  await manager.close();
  const trainer = await entered(browser, staffed, "trainer", options);
  await trainer.waitForSelector("h1");
  await look(trainer, "nothing-here");
  await trainer.close();
}

async function pictureFull(
  browser: Browser,
  staffed: StaffedServer,
  options: PictureOptions,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const look = (page: Page, what: string) => shoot(page, `console-${what}-${options.name}`);
  const page = await entered(browser, staffed, FIRST, options);
  await page.waitForSelector("[data-booth=booth-1]");
  await look(page, "officer");
  await atSection(page, "requests-title");
  await look(page, "requests");
  await atSection(page, "keys-title");
  await look(page, "keys-of-server");
  await atSection(page, "certificates-title");
  await page.locator("section[aria-labelledby=certificates-title] input").first().fill("booth");
  await page.click("[data-name=certificates]");
  await page.locator("[data-serial] [data-name=life]").first().click();
  await page.waitForSelector(".certificate-life li");
  await look(page, "certificates");
  await page.locator("[data-serial] [data-name=revoke]").first().click();
  await page.waitForSelector("dialog[open]");
  await look(page, "revoke");
  await page.keyboard.press("Escape");
  await atSection(page, "audit-title");
  await page.locator("section[aria-labelledby=audit-title] input").first().fill("officer-2");
  await page.click("[data-name=audit]");
  await page.waitForSelector(".verified >> visible=true");
  await page.waitForSelector(".audit-entries li");
  await atSection(page, "audit-title");
  await look(page, "audit-search");
  await page.evaluate("scrollTo(0, 0)");
  await page.click("[data-name=officers]");
  await page.waitForSelector("[data-proposal]");
  await look(page, "proposals");
  await page.click("summary");
  await page.selectOption("[data-name=proposal-kind]", "staff.certify");
  await atSection(page, "proposals-title");
  await page.locator(".propose-form").scrollIntoViewIfNeeded();
  await look(page, "proposal-card");
  await page.selectOption("[data-name=proposal-kind]", "policy.doubt");
  await page.locator(".propose-form").scrollIntoViewIfNeeded();
  await look(page, "proposal-policy");
  await page.evaluate("scrollTo(0, 0)");
  await page.click("[data-name=again]");
  await page.waitForSelector("[data-look]");
  await look(page, "officer-look-again");
  await page.click("[data-name=policy]");
  await page.waitForSelector("h1");
  await page.waitForTimeout(500);
  await look(page, "policy");
  await page.close();
  const second = await entered(browser, staffed, SECOND, options);
  await second.click("[data-name=officers]");
  await second.waitForSelector("[data-name=proposal-compared]");
  await look(second, "proposals-second");
  await second.close();
  const manager = await entered(browser, staffed, "manager", options);
  await manager.click("[data-place=bus-7] .place");
  await manager.waitForSelector(".place-day");
  await look(manager, "network");
  await manager.close();
}

/** What an installation has after a while: booths of every state, requests, proposals, doubts, a signed policy. */
async function liveADay(staffed: StaffedServer): Promise<void> {
  const { register, server } = staffed;
  const { office } = staffed.installation.pki;
  const made = async (purpose: "booth-identity" | "operator") => {
    const key = await new MemoryKeyStore(systemRandom).generate(purpose);
    const scheme = { kind: "ecdsa", digest: "sha256" } as const;
    const request = (name: string) =>
      buildRequest(nameOf(name), key.publicKeyInfo, { scheme, sign: (data) => key.sign(data) });
    return { key, request };
  };
  for (const name of ["booth-2", "booth-3"]) {
    const { key } = await made("booth-identity");
    const [leaf] = await office.authority.issue("booth-identity", key, name);
    const issued = { at: ago(1), by: FIRST, kind: "certificate.issued", subject: leaf!.serialHex, data: { name } };
    office.register.change(() => {
      office.register.addCertificate(leaf!, "booths", "office-2");
      office.register.addEvent(issued);
    });
  }
  const asks = await made("booth-identity");
  await office.submit(await asks.request("bus-7"), "booths", "192.0.2.17");
  const seen = (booth: string, minutesAgo: number, clockOffsetMs: number, more: object) => {
    const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const report = {
      at,
      software: "1",
      policyVersion: 1,
      devices: [],
      tamper: { cabinet: "closed", events: [] },
      ...more,
    };
    register.note(() =>
      register.sawBooth({
        ...{ booth, at, serial: null, policyVersion: 1, clockOffsetMs },
        report: JSON.stringify(report),
      }),
    );
  };
  seen("booth-1", 2, 340, {});
  seen("booth-2", 190, -8_000, { devices: [{ kind: "fingerprint", state: "failed", code: "device/gone" }] });
  const opened = new Date(Date.now() - 25 * 60_000).toISOString();
  register.note(() =>
    register.addEvent({
      ...{ at: opened, by: "booth:booth-3", kind: "booth.tampered", subject: "booth-3" },
      data: { what: "cabinet-opened", happened: opened },
    }),
  );
  seen("booth-3", 4, 190_000, { tamper: { cabinet: "open", events: [{ kind: "cabinet-opened", at: opened }] } });

  // The policy that two officers have signed, and a doubted sensor of weeks ago.
  const officers = await beginPolicy(staffed, [FIRST, SECOND]);
  const clients = { first: await staffed.signIn(FIRST), second: await staffed.signIn(SECOND) };
  const draft = { policy: { ...defaultPolicy, version: "2026-11" }, hotList: { entries: [], renew: false } };
  await post(clients.first, "/policy/draft", draft);
  const bytes = Buffer.from(await (await clients.first.send("GET", "/api/security/policy/draft/bytes")).arrayBuffer());
  await post(clients.first, "/policy/draft/signature", await signatureOver(bytes, officers.key(FIRST)));
  await post(clients.second, "/policy/draft/signature", await signatureOver(bytes, officers.key(SECOND)));
  const later = { ...draft, policy: { ...draft.policy, languages: ["ru"] } };
  await post(clients.second, "/policy/draft", later);

  const booth = office.holding("booth-2", "booths")[0]!;
  const position = { latitude: 55.75, longitude: 37.62, accuracyMetres: 20, at: ago(1) };
  const bus = { id: "bus-7", name: "Автобус 7, Верхние Вязовые — Нижние Вязовые, по вторникам" };
  const common = { certificateSha256: booth.sha256, heartbeat: null } as const;
  for (let n = 0; n < 6; n++)
    receiveCase(server.store, n, {
      ...{ ...common, sealed: 3 - n * hour, received: 3 - n * 2 * hour, operator: n < 4 ? "operator" : undefined },
      ...(n % 2 === 0 ? { place: { office: bus, position } } : {}),
      caseId: `C-00000000a00${n}`,
    } as Parameters<typeof receiveCase>[2]);
  office.revoke([booth.serial], FIRST, "keyCompromise", new Date(ago(3.5)));

  // What needed two officers, in every state.
  const approve = async (proposal: unknown, more?: unknown) => {
    const { id } = await post(clients.first, "/proposals", proposal);
    await post(clients.second, `/proposals/${id}/approve`, more);
  };
  await approve({ kind: "audit.export" });
  await approve({ kind: "case.erase", caseId: "C-0123456789ab", reason: "court-order" });
  await approve({ kind: "staff.add", id: "a-ivanova", name: "А. Иванова", roles: ["supervisor"] });
  const refused = await post(clients.second, "/proposals", {
    ...{ kind: "office.revoke", office: "office-2", since: ago(2) },
  });
  await post(clients.first, `/proposals/${refused.id}/refuse`);
  const card = await made("operator");
  const request = Buffer.from(await card.request("a-ivanova")).toString("base64");
  await post(clients.first, "/proposals", { kind: "staff.certify", id: "a-ivanova", request });
  await post(clients.second, "/proposals", { kind: "staff.disable", id: "trainer", since: ago(7) });
  await clients.first.send("GET", "/api/security/look-again");
}

async function post(by: ConsoleClient, path: string, body?: unknown): Promise<{ id: string }> {
  const answer = await by.send("POST", `/api/security${path}`, body);
  const text = await answer.text();
  return text === "" ? { id: "" } : (JSON.parse(text) as { id: string });
}
