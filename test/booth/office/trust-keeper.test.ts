/**
 * A booth's trust against a real office. What would be lost: a booth that stops one day because nobody renewed it, one that believes a
 * thief's server, or a stolen one that goes on.
 */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { OfficeLink } from "../../../booth/office/office-link.ts";
import { allowNewKey } from "../../../booth/office/refused-key.ts";
import { RenewableKey } from "../../../booth/office/renewable-key.ts";
import { TrustKeeper } from "../../../booth/office/trust-keeper.ts";
import { tlsAuthorities } from "../../../crypto/authority/trust.ts";
import type { TamperReport } from "../../../crypto/device/tamper.ts";
import { writeFileDurably } from "../../../crypto/durable-file.ts";
import { policyHash } from "../../../crypto/policy/policy-hash.ts";
import { defaultPolicy } from "../../../crypto/policy/session-policy.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { folderSource, UpdateClient } from "../../../crypto/updates/client.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { makePkiInstallation, type PkiInstallation } from "../../server/pki/pki-installation.ts";

const day = 24 * 60 * 60_000;
let office: PkiInstallation;
let identity: RenewableKey;
let tls: RenewableKey;
let notes: string[];
let renewals: number;
let tamper: TamperReport;

beforeEach(async () => {
  office = await makePkiInstallation();
  notes = [];
  renewals = 0;
  tamper = { cabinet: "none", events: [] };
});
afterEach(() => office.remove());

async function openKeeper(link: "here" | "dead" | "none" = "here"): Promise<TrustKeeper> {
  const store = await office.keys("booth");
  identity = new RenewableKey(await store.load("booth-identity"));
  tls = new RenewableKey(identity.standing);
  const { trust } = office.provisioned;
  const authorities = tlsAuthorities(trust, "servers");
  const url = link === "dead" ? "https://localhost:9" : office.url;
  return TrustKeeper.open({
    ...{
      folder: office.path("booth"),
      boothId: "booth-1",
      software: "test",
      store,
      identity,
      tls,
      trust,
      clock: office.clock,
    },
    link: link === "none" ? undefined : new OfficeLink({ url, authorities, credentials: () => tls.tls() }),
    note: (kind) => notes.push(kind),
    tamper: () => tamper,
    onRenewed: () => renewals++,
    onFault: (error) => {
      throw error;
    },
  });
}
const look = async (keeper: TrustKeeper) => expect(await keeper.look()).toBeUndefined();

describe("renewal by itself", () => {
  it("comes at two thirds of the certificate's life, with a new key, and not before", async () => {
    const keeper = await openKeeper();
    const first = identity.chain[0]!;
    const life = first.notAfter.getTime() - first.notBefore.getTime();
    office.clock.aheadMs = (life * 2) / 3 - 2 * day;
    await look(keeper);
    expect(identity.chain[0]).toBe(first);
    office.clock.aheadMs = (life * 2) / 3 + day;
    await look(keeper);
    const second = identity.chain[0]!;
    expect([second.commonName, second.keyId === first.keyId, renewals]).toEqual(["booth-1", false, 1]);
    expect(second.isSignedBy(office.provisioned.trust.booths)).toBe(true);
    // The new key is the one that the next start finds, and the old one is still there for what it sealed.
    const store = await office.keys("booth");
    expect((await store.load("booth-identity")).keyId).toBe(second.keyId);
    expect((await store.former("booth-identity")).map(({ keyId }) => keyId)).toEqual([first.keyId]);
    await look(keeper);
    expect(renewals).toBe(1);
  });
});

describe("a booth that was revoked", () => {
  it("takes nobody in, asks with a new key, and works again once an officer has compared it", async () => {
    const keeper = await openKeeper();
    await look(keeper);
    expect([keeper.problem(), office.pki.office.register.boothsSeen()[0]?.booth]).toEqual([null, "booth-1"]);
    const stolen = identity.chain[0]!;
    office.pki.office.revoke([stolen.serialHex], "officer-1", "keyCompromise");
    await keeper.look();
    expect(keeper.problem()?.code).toBe("booth/certificate-revoked");
    await keeper.look();
    const [waiting] = office.pki.office.register.waiting();
    expect([waiting?.name, waiting?.keyId === stolen.keyId]).toEqual(["booth-1", false]);
    // What the booth's own status page shows is what the officer types.
    await office.pki.office.approve(waiting!.id, "officer-1", keeper.awaiting!);
    await look(keeper);
    expect(keeper.awaiting).toBeNull();
    expect([keeper.problem(), identity.chain[0]!.keyId]).toEqual([null, waiting!.keyId]);
    expect(notes).toContain("booth.renewed");
  });

  it("gives up a key whose certificate was taken back before it came, and asks with another", async () => {
    const { office: desk } = office.pki;
    const keeper = await openKeeper();
    desk.revoke([identity.chain[0]!.serialHex], "officer-1", "keyCompromise");
    await keeper.look();
    await keeper.look();
    const lost = desk.register.waiting()[0]!;
    const [leaf] = await desk.approve(lost.id, "officer-1", keeper.awaiting!);
    desk.revoke([leaf!.serialHex], "officer-2", "keyCompromise");
    expect(await keeper.look()).toMatchObject({ code: "office/refused", details: { reason: "certificate/revoked" } });
    await keeper.look();
    const [other] = desk.register.waiting();
    expect([other?.name, other?.keyId === lost.keyId, other?.keyId]).toEqual(["booth-1", false, keeper.awaiting]);
    await desk.approve(other!.id, "officer-1", keeper.awaiting!);
    await look(keeper);
    expect([keeper.problem(), identity.chain[0]!.keyId]).toEqual([null, other!.keyId]);
  });
});

describe("a booth whose next key an officer refused", () => {
  it("gives that key up, says so, and asks with another only after an engineer has confirmed, also across a restart", async () => {
    const { office: desk } = office.pki;
    const keeper = await openKeeper();
    desk.revoke([identity.chain[0]!.serialHex], "officer-1", "keyCompromise");
    await keeper.look();
    await keeper.look();
    const first = desk.register.waiting()[0]!;
    await desk.refuse(first.id, "officer-1");
    expect(await keeper.look()).toMatchObject({ code: "booth/key-refused" });
    expect([keeper.refusedKey, keeper.awaiting, keeper.problem()?.code]).toEqual([
      first.keyId,
      null,
      "booth/key-refused",
    ]);
    const pending = (await (await office.keys("booth")).list()).filter(({ state }) => state === "pending");
    expect([pending, notes.includes("booth.key-refused")]).toEqual([[], true]);
    for (const one of [keeper, keeper, await openKeeper()]) {
      await look(one);
      expect([one.refusedKey, desk.register.waiting()]).toEqual([first.keyId, []]);
    }
    expect(await allowNewKey(office.path("booth"))).toBe(first.keyId);
    await look(keeper);
    const [second] = desk.register.waiting();
    expect([keeper.refusedKey, second?.keyId === first.keyId, second?.keyId]).toEqual([null, false, keeper.awaiting]);
    await desk.approve(second!.id, "officer-1", keeper.awaiting!);
    await look(keeper);
    expect(keeper.problem()).toBeNull();
    await expect(allowNewKey(office.path("booth"))).rejects.toMatchObject({ code: "booth/no-key-refused" });
  });
});

describe("a booth that was tampered with", () => {
  it("tells the office, which keeps each thing once, however often it is told", async () => {
    const at = new Date().toISOString();
    tamper = { cabinet: "open", events: [{ kind: "cabinet-opened", at }] };
    const keeper = await openKeeper();
    await look(keeper);
    await look(keeper);
    tamper = { cabinet: "closed", events: [...tamper.events, { kind: "clock-jumped", at }] };
    await look(keeper);
    const told = office.pki.office.register.eventsOf("booth-1").filter(({ kind }) => kind === "booth.tampered");
    expect(told.map(({ by, data }) => [by, data.what, data.happened])).toEqual([
      ["booth:booth-1", "cabinet-opened", at],
      ["booth:booth-1", "clock-jumped", at],
    ]);
  });
});

describe("revocations of the server's certificates", () => {
  it("are believed at the booth, survive a restart without a link, and an older list does not unsay them", async () => {
    const { register } = office.pki.office;
    const receipt = (await (await office.keys("server")).load("server-receipt")).chain[0]!;
    const keeper = await openKeeper();
    await look(keeper);
    const old = await office.pki.status.revocationList("servers");
    const since = new Date(Math.floor(Date.now() / 1000) * 1000 - day);
    office.pki.office.revoke([receipt.serialHex], "officer-1", "keyCompromise", since);
    await look(keeper);
    expect([keeper.revoked(receipt, since), keeper.revoked(receipt, new Date(since.getTime() - 1000))]).toEqual([
      true,
      false,
    ]);
    const offline = await openKeeper("dead");
    expect(((await offline.look()) as { code: string }).code).toBe("office/unreachable");
    expect(offline.revoked(receipt, since)).toBe(true);
    await writeFileDurably(office.path("booth/lists/servers.crl"), old);
    const tampered = await openKeeper();
    await look(tampered);
    expect(tampered.revoked(receipt, since)).toBe(true);
    expect(register.revoked("servers")).toHaveLength(1);
  });
});

describe("policy", () => {
  const officerKeys = async () => Promise.all([1, 2].map(() => new MemoryKeyStore(systemRandom).generate("operator")));
  const policy = { ...defaultPolicy, version: "signed-1", slip: "required" as const };

  it("that two officers signed holds at the booth from then on, also brought by a courier to one without a link", async () => {
    const { updates } = office.pki;
    const officers = await officerKeys();
    await updates.repository.begin(officers, 2, updates.online);
    let draft = await updates.repository.draft(
      { "policy.json": Buffer.from(JSON.stringify(policy)) },
      updates.online.lists,
    );
    for (const officer of officers) draft = await updates.repository.signDraft(officer, draft.hash);
    await updates.repository.publish(updates.online);
    await writeFileDurably(office.path("booth/trust/updates-root.json"), await updates.repository.firstRoot());
    // The booth that is to be revoked while it has no link: the box carries the list as well.
    const own = (await (await office.keys("booth")).load("booth-identity")).chain[0]!;
    office.pki.office.revoke([own.serialHex], "officer-1", "keyCompromise");
    await updates.refresh();

    await cp(office.path("authority/updates"), office.path("box"), { recursive: true });
    const keeper = await openKeeper("none");
    expect([keeper.policy, keeper.problem()]).toEqual([undefined, null]);
    const client = new UpdateClient(office.path("booth/updates"));
    await client.update(folderSource(office.path("box")), ["policy.json", "lists/booths.crl", "lists/servers.crl"]);
    await look(keeper);
    expect(keeper.policy && policyHash(keeper.policy)).toBe(policyHash(policy));
    expect(keeper.problem()?.code).toBe("booth/certificate-revoked");

    const online = await openKeeper();
    await online.look();
    expect(online.policy?.version).toBe("signed-1");
  });

  it("that does not fit the booth's software is told and not taken", async () => {
    const { updates } = office.pki;
    const officers = await officerKeys();
    await updates.repository.begin(officers, 2, updates.online);
    let draft = await updates.repository.draft({ "policy.json": Buffer.from(`{"version":"x"}`) }, updates.online.lists);
    for (const officer of officers) draft = await updates.repository.signDraft(officer, draft.hash);
    await updates.repository.publish(updates.online);
    await writeFileDurably(join(office.data, "booth/trust/updates-root.json"), await updates.repository.firstRoot());
    const keeper = await openKeeper();
    expect(String(await keeper.look())).toContain("updates/refused");
    expect(keeper.policy).toBeUndefined();
  });
});
