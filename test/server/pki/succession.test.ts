/**
 * Issuing authorities and the root follow each other. What would be lost: every booth of a network that was made to trust a new authority too late,
 * or what the old one had certified.
 */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OfficeLink } from "../../../booth/office/office-link.ts";
import { RenewableKey } from "../../../booth/office/renewable-key.ts";
import { TrustKeeper } from "../../../booth/office/trust-keeper.ts";
import { Authority, issuerKinds } from "../../../crypto/authority/authority.ts";
import { openRoot } from "../../../crypto/authority/ceremony.ts";
import { RenewableTrust } from "../../../crypto/authority/renewable-trust.ts";
import { Share } from "../../../crypto/authority/shares.ts";
import { followTrust } from "../../../crypto/authority/succession.ts";
import { holdSuccession, type SuccessionCeremony } from "../../../crypto/authority/succession-ceremony.ts";
import { anchorsOf, readTrust, tlsAuthorities } from "../../../crypto/authority/trust.ts";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import type { KeyStore } from "../../../crypto/keys/key.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { sealPackageToFile } from "../../../crypto/package/seal.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { rotateKey } from "../../../server/pki/rotation.ts";
import {
  adoptSuccession,
  askForSuccession,
  rehearseSuccession,
  type SuccessionStep,
  successionSteps,
} from "../../../server/pki/succession.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { sealRequest } from "../installation.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

const day = 24 * 60 * 60_000;
let here: PkiInstallation;
let authorityKeys: KeyStore;
let serverKeys: KeyStore;
let boothKeys: KeyStore;
/** Another installation's authority. */
let stranger: { readonly store: KeyStore; readonly authority: Authority };
beforeAll(async () => {
  here = await makePkiInstallation();
  [authorityKeys, serverKeys, boothKeys] = [
    await here.keys("authority"),
    await here.keys("server"),
    await here.keys("booth"),
  ];
  const store = new MemoryKeyStore(systemRandom);
  stranger = { store, authority: await Authority.open(here.path("stranger"), store, tools()) };
}, 60_000);
afterAll(() => here.remove());

const tools = (onStep?: (step: SuccessionStep) => void) => ({
  ...{ data: here.data, office: here.pki.office, clock: here.clock, random: systemRandom },
  ...(onStep ? { onStep } : {}),
});
let rootKeysOpened: Promise<KeyStore> | undefined;
const rootKeys = () => (rootKeysOpened ??= here.keys("root"));

let ceremonies = 0;
/** The root's part, as in the room where it is. */
async function certified(asked: { text: string; sha256: string }, change: object = {}) {
  const out = here.path(`out-${++ceremonies}`);
  const held = await holdSuccession(
    {
      ...{ request: asked.text, compared: asked.sha256.slice(0, 16), root: rootKeys, out },
      ...{ witnesses: ["A. Ivanova", "B. Petrov"], rehearsal: false, ...change },
    },
    { clock: here.clock, random: systemRandom },
  );
  return { held, text: held.answer === null ? "" : await readFile(held.answer.file, "utf8") };
}

/** A booth's trust as it starts with what is in its folder. */
async function openBooth(faults: unknown[] = []) {
  const store = boothKeys;
  const identity = new RenewableKey(await store.load("booth-identity"));
  const tls = new RenewableKey(identity.standing);
  const trust = new RenewableTrust(await readTrust(here.path("booth/trust")));
  const link = new OfficeLink({
    url: here.url,
    get authorities() {
      return tlsAuthorities(trust, "servers");
    },
    credentials: () => tls.tls(),
  });
  const keeper = await TrustKeeper.open({
    ...{
      folder: here.path("booth"),
      boothId: "booth-1",
      software: "test",
      store,
      identity,
      tls,
      trust,
      clock: here.clock,
    },
    ...{ link, note: () => {}, onRenewed: () => {}, onTrust: (followed) => trust.replace(followed) },
    onFault: (error) => faults.push(error),
  });
  return { keeper, identity, trust };
}

async function seal(signer: RenewableKey): Promise<string> {
  const { recipients } = await readTrust(here.path("booth/trust"));
  const parts = [{ name: "portrait", mediaType: "image/jpeg", content: Buffer.from("a face"), recipients }];
  const path = here.path(`sealed-${Math.random()}.kab`);
  const notAfter = new Date(here.clock.now().getTime() + 30 * day);
  await sealPackageToFile(
    path,
    { ...sealRequest(parts, "booth-1"), notAfter },
    { signer, clock: here.clock, random: systemRandom },
  );
  return path;
}
async function opens(path: string): Promise<string> {
  const store = serverKeys;
  const recipients = [await store.load("server-recipient"), ...(await store.former("server-recipient"))];
  let found = "";
  const anchors = anchorsOf(await readTrust(here.path("server/trust")));
  await openPackage(path, { anchors, now: here.clock.now(), recipients }, ({ plaintext }) => {
    found = Buffer.from(plaintext).toString();
  });
  return found;
}
const moment = () => String(Math.floor(here.clock.now().getTime() / 1000));
/** What openssl says of a certificate with each authority's list. */
async function judged(leaf: Certificate, anchor: string, above: string): Promise<string> {
  await writeFile(here.path("leaf.pem"), leaf.toPem());
  return here.openssl(
    "verify",
    "-x509_strict",
    "-attime",
    moment(),
    "-CAfile",
    anchor,
    "-untrusted",
    above,
    "leaf.pem",
  );
}

const rotate = async (kind: "tls" | "receipt" | "recipient" | "audit") => {
  const { data, pki, clock } = here;
  return rotateKey(kind, "officer", { data, office: pki.office, store: serverKeys, clock, random: systemRandom });
};
const sha256s = (all: readonly Certificate[]) => all.map(({ sha256 }) => sha256);

describe("an issuing authority", () => {
  let asked: Awaited<ReturnType<typeof askForSuccession>>;
  let text: string;
  let held: SuccessionCeremony;

  it("is asked of the root with a fingerprint that both rooms compare, and rehearsed there without the root", async () => {
    asked = await askForSuccession(["booths", "servers"], tools());
    await expect(certified({ ...asked, sha256: "0".repeat(64) })).rejects.toMatchObject({
      code: "succession/fingerprint-differs",
    });
    await expect(certified(asked, { witnesses: ["alone"] })).rejects.toMatchObject({ code: "ceremony/witnesses" });
    const others = async () => stranger.store;
    await expect(certified(asked, { root: others })).rejects.toMatchObject({ code: "succession/other-root" });
    const notOpened = () => Promise.reject(new Error("the root was opened"));
    const rehearsed = await certified(asked, { rehearsal: true, root: notOpened });
    expect([rehearsed.held.answer, rehearsed.held.rehearsal]).toEqual([null, true]);
    ({ held, text } = await certified(asked));
    expect(Object.keys(held.issuers)).toEqual(["booths", "servers"]);
  }, 60_000);

  it("is not followed by what another root, another request or another key made", async () => {
    const given = JSON.parse(text);
    const { booths, servers } = here.provisioned.trust;
    const codes: string[] = [];
    for (const changed of [
      { ...given, issuers: { servers: given.issuers.booths } },
      { ...given, issuers: { booths: servers.toPem() } },
      { ...given, roots: [booths.toPem(), ...given.roots] },
      { ...given, roots: [stranger.authority.root.toPem(), ...given.roots] },
      { ...given, roots: [] },
      { ...given, more: 1 },
    ])
      await rehearseSuccession(JSON.stringify(changed), tools()).then(
        () => codes.push("taken"),
        (error) => codes.push(error.code),
      );
    expect(codes).toEqual([
      "certificate/purpose",
      "certificate/purpose",
      "succession/root-foreign",
      "succession/root-foreign",
      "succession/malformed",
      "succession/malformed",
    ]);
  }, 60_000);

  it("is rehearsed before the switch: certificates of the old and of the new one hold, by openssl too", async () => {
    const before = sha256s(here.pki.office.authorities("booths"));
    const shown = await rehearseSuccession(text, tools());
    expect(shown).toHaveLength(4);
    for (const line of shown) expect(line).toMatch(/^(booths|servers): .*(old|new).* holds, by openssl too$/);
    expect(sha256s(here.pki.office.authorities("booths"))).toEqual(before);
    expect((await authorityKeys.load("authority-booths")).chain[0]!.sha256).toBe(before[0]);
    // A clock years on, where nothing of it holds any more: then there is no switch.
    here.clock.aheadMs = 11 * 365 * day;
    const late = adoptSuccession(text, "a+b", tools());
    await expect(late).rejects.toMatchObject({ code: "certificate/expired" });
    here.clock.aheadMs = 0;
  }, 60_000);

  it("cut off anywhere issues from one of the two, the next run goes on; then both are believed and the new one issues", async () => {
    const { identity, keeper } = await openBooth();
    const oldSealed = await seal(identity);
    const oldLeaf = identity.chain[0]!;
    const old = here.pki.office.issuer("booths");
    for (const step of successionSteps) {
      const cut = (at: SuccessionStep) => {
        if (at === step) throw new Error("power cut");
      };
      await expect(adoptSuccession(text, "officer-1+officer-2", tools(cut))).rejects.toThrow("power cut");
      const standing = (await authorityKeys.load("authority-booths")).chain[0]!.sha256;
      const switched = successionSteps.indexOf(step) >= successionSteps.indexOf("adopted");
      expect(standing).toBe(switched ? held.issuers.booths : old.certificate.sha256);
    }
    await here.reopen();
    await adoptSuccession(text, "officer-1+officer-2", tools());
    const { office } = here.pki;
    const [now, former] = office.authority.lineage("booths");
    const names = [now!, former!].map(({ certificate }) => certificate.commonName);
    expect(names).toEqual(["Kabina authority for booths 2", "Kabina authority for booths"]);
    expect(former!.key.keyId).toBe(old.key.keyId);
    const notes = office.register.eventsOf(now!.certificate.serialHex).map(({ kind, by }) => [kind, by]);
    expect(notes).toEqual([["authority.followed", "officer-1+officer-2"]]);

    // The booth learns of them by itself, by what it already trusts, and goes on when the server's own keys have moved.
    expect(await keeper.look()).toBeUndefined();
    const learnt = await readTrust(here.path("booth/trust"));
    expect([learnt.booths.sha256, sha256s(learnt.former.booths)]).toEqual([
      held.issuers.booths,
      [old.certificate.sha256],
    ]);
    await rotate("tls");
    await rotate("recipient");
    expect((await serverKeys.load("server-tls")).chain[1]!.sha256).toBe(held.issuers.servers);
    expect(await opens(oldSealed)).toBe("a face");
    await here.reopen();
    here.clock.aheadMs = 500 * day;
    expect(await keeper.look()).toBeUndefined();
    const newLeaf = identity.chain[0]!;
    expect([newLeaf.isSignedBy(learnt.booths), newLeaf.keyId === oldLeaf.keyId]).toEqual([true, false]);

    // openssl: both chains, and the old authority goes on to say what it has taken back.
    await writeFile(here.path("above.pem"), learnt.booths.toPem() + old.certificate.toPem());
    for (const leaf of [newLeaf, oldLeaf]) expect(await judged(leaf, "root.pem", "above.pem")).toContain(": OK");
    here.pki.office.revoke([oldLeaf.serialHex], "officer", "superseded");
    await here.curl("-o", "old.crl", `${here.url}/pki/lists/booths-${old.key.keyId.slice(0, 16)}.crl`);
    await here.curl("-o", "new.crl", `${here.url}/pki/lists/booths.crl`);
    const lists = await Promise.all(
      ["old", "new"].map((name) => here.openssl("crl", "-inform", "DER", "-in", `${name}.crl`, "-noout", "-text")),
    );
    expect(lists.map((list) => list.toLowerCase().includes(oldLeaf.serialHex))).toEqual([true, false]);
    await writeFile(here.path("old.pem"), old.certificate.toPem());
    const said = await here.openssl(
      ...["ocsp", "-issuer", "old.pem", "-cert", "leaf.pem", "-url", `${here.url}/pki/status`],
      ...["-CAfile", "root.pem", "-verify_other", "old.pem", "-attime", moment()],
    );
    expect(said).toContain("Response verify OK");
    expect(said).toMatch(/\brevoked\b/);
  }, 60_000);
});

describe("the root", () => {
  it("is followed by another with links both ways; a booth that knows the old one alone gets there, months later", async () => {
    // Today again, which TLS and a booth's certificate go by.
    here.clock.aheadMs = 0;
    const key = await boothKeys.prepare("booth-identity");
    await boothKeys.adopt("booth-identity", await here.pki.office.authority.issue("booth-identity", key, "booth-1"));
    const { identity } = await openBooth();
    const oldSealed = await seal(identity);
    const next = { folder: here.path("next-root"), shares: 3, quorum: 2 };
    await expect(certified(await askForSuccession(["booths"], tools()), { next })).rejects.toMatchObject({
      code: "succession/all-issuers",
    });
    const { held, text } = await certified(await askForSuccession(issuerKinds, tools()), { next });
    const shares = await Promise.all(
      held.shares.map(async (file) => Share.parse(JSON.parse(await readFile(file, "utf8")))),
    );
    const newRoot = (await (await openRoot(next.folder, shares.slice(1), tools())).load("authority-root")).chain[0]!;
    expect([newRoot.sha256, shares.length]).toEqual([held.root, 3]);
    const old = here.pki.office.issuer("booths").certificate;
    await adoptSuccession(text, "a+b", tools());
    await here.reopen();
    for (const kind of ["tls", "receipt", "recipient", "audit"] as const) await rotate(kind);
    await here.reopen();

    // openssl finds the way from either root to what the other has certified.
    const { links, issuers } = JSON.parse(text) as { links: string[]; issuers: Record<string, string> };
    await writeFile(here.path("new-root.pem"), newRoot.toPem());
    await writeFile(here.path("above-new.pem"), issuers.booths! + links.join(""));
    await writeFile(here.path("above-old.pem"), old.toPem() + links.join(""));
    const [oldLeaf] = identity.chain;
    const [newLeaf] = await here.pki.office.authority.trial("booth-identity", identity);
    expect(await judged(newLeaf, "root.pem", "above-new.pem")).toContain(": OK");
    expect(await judged(newLeaf, "new-root.pem", "above-new.pem")).toContain(": OK");
    expect(await judged(oldLeaf!, "new-root.pem", "above-old.pem")).toContain(": OK");

    // A booth that was away since before the first succession: its trust is what it was then.
    const { root, booths, servers } = here.provisioned.trust;
    for (const [name, one] of Object.entries({ root, booths, servers }))
      await writeFile(here.path(`booth/trust/${name}.pem`), one.toPem());
    const back = await openBooth();
    await back.keeper.look();
    expect(await back.keeper.look()).toBeUndefined();
    expect([back.trust.root.sha256, sha256s(back.trust.former.roots)]).toEqual([held.root, [root.sha256]]);
    expect(back.trust.former.booths).toHaveLength(2);
    expect(await opens(oldSealed)).toBe("a face");
    expect(await opens(await seal(back.identity))).toBe("a face");
  }, 60_000);

  it("of strangers is never believed, whoever tells of it", async () => {
    const trust = here.provisioned.trust;
    const told = [stranger.authority.root, stranger.authority.booths, stranger.authority.servers];
    const followed = followTrust(trust, told, here.clock.now());
    expect(sha256s(anchorsOf(followed))).toEqual([trust.root.sha256]);
    expect([followed.booths.sha256, followed.former.booths]).toEqual([trust.booths.sha256, []]);
    // An issuing authority of ours is no root, and one for booths is none for servers.
    const own = followTrust(trust, [here.provisioned.trust.booths, trust.servers], here.clock.now());
    expect([own.former, own.servers.sha256]).toEqual([{ roots: [], booths: [], servers: [] }, trust.servers.sha256]);
  });
});
