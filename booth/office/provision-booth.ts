/**
 * Makes this machine a booth from a signed profile: trust, keys, a certificate that an officer approves by comparing the fingerprint shown
 * here. Cut off anywhere, the next run goes on. A profile of another office moves the booth; what it sealed before keeps its origin.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureKey, nameOf } from "../../crypto/authority/authority.ts";
import { readInstallation, writeInstallation } from "../../crypto/authority/installation.ts";
import { readProfile } from "../../crypto/authority/profile.ts";
import { tlsAuthorities, writeTrust } from "../../crypto/authority/trust.ts";
import { buildRequest } from "../../crypto/certificate/request.ts";
import { schemeOf } from "../../crypto/certificate/signature.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore } from "../../crypto/keys/key.ts";
import { hasSlipIssuers, takeSlipIssuers } from "../../crypto/slip/issuers.ts";
import { OfficeLink } from "./office-link.ts";
import { isRefusal, keyRefused, noteRefusedKey, readRefusedKey, replaceUncertified } from "./refused-key.ts";

export interface ProvisionBoothOptions {
  /** `<data>/booth` */
  readonly folder: string;
  /** The profile's text. */
  readonly profile: string;
  /** First digits of the root's fingerprint, brought on paper. */
  readonly pinned: string;
  readonly store: KeyStore;
  readonly clock: Clock;
}

export interface ProvisionedBooth {
  readonly boothId: string;
  readonly office: string;
  /** The office that the booth was of before; null when it is new or stays. */
  readonly movedFrom: string | null;
  readonly officer: string;
  /** What the officer compares. */
  readonly keyId: string;
  readonly state: "ready" | "waiting";
  /** What the booth found when it looked at itself; empty when all is well. */
  readonly problems: readonly string[];
}

/** Milliseconds by which clocks may differ. */
const CLOCK_OFF_MS = 5 * 60_000;

/** Throws `profile/…`, `profile/other-booth`, `booth/key-refused`, `key/…`, `office/refused`. */
export async function provisionBooth(options: ProvisionBoothOptions): Promise<ProvisionedBooth> {
  const { folder, store, clock } = options;
  const { profile, trust, officer } = readProfile(options.profile, options.pinned, clock.now());
  const { boothId, office, serverUrl, pkiUrl } = profile;
  const before = await readInstallation(folder).catch(() => undefined);
  if (before && before.boothId !== boothId)
    throw new KabinaError("profile/other-booth", { here: before.boothId, profile: boothId });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const refused = await readRefusedKey(folder);
  if (refused !== null) throw keyRefused(refused);
  const key = await ensureKey(store, "booth-identity");
  await ensureKey(store, "booth-journal");
  const problems: string[] = [];
  const link = new OfficeLink({
    url: pkiUrl,
    authorities: tlsAuthorities(trust, "servers"),
    credentials: () => key.tls(),
  });
  let leaf = key.chain[0];
  if (leaf === undefined || leaf.commonName !== boothId || leaf.notAfter < clock.now()) {
    const signer = { scheme: schemeOf(key), sign: (data: Uint8Array) => key.sign(data) };
    const request = await buildRequest(nameOf(boothId), key.publicKeyInfo, signer);
    leaf = await link.enrol(request).catch(async (error: unknown) => {
      if (isRefusal(error) && key.chain.length === 0) {
        await noteRefusedKey(folder, key.keyId);
        await replaceUncertified(store, key);
        throw keyRefused(key.keyId, error);
      }
      if (!(error instanceof KabinaError && error.code === "office/unreachable")) throw error;
      problems.push(error.code);
      return undefined;
    });
    if (leaf) {
      if (leaf.keyId !== key.keyId || !leaf.isSignedBy(trust.booths)) throw new KabinaError("office/answer-malformed");
      await store.certify("booth-identity", [leaf, trust.booths]);
    }
  }
  await writeTrust(join(folder, "trust"), trust);
  if (profile.updatesRoot !== null)
    await writeFileDurably(join(folder, "trust", "updates-root.json"), Buffer.from(profile.updatesRoot, "base64"));
  // The first only: what came since by the repository is newer than any profile.
  const { slipIssuers } = profile;
  if (slipIssuers !== undefined && (profile.updatesRoot === null || !(await hasSlipIssuers(folder))))
    await takeSlipIssuers(folder, slipIssuers);
  const common = { boothId, office: office.name, officer, keyId: key.keyId };
  const movedFrom = before && before.office.id !== office.id ? before.office.name : null;
  if (!leaf) return { ...common, movedFrom, state: "waiting", problems };
  const fingerprints = { root: trust.root.sha256, booth: leaf.sha256 };
  await writeInstallation(folder, {
    format: "kabina-installation/1",
    boothId,
    office,
    serverUrl,
    pkiUrl,
    devices: profile.devices,
    fingerprints,
  });
  const certified = await store.load("booth-identity");
  const known = new OfficeLink({
    url: pkiUrl,
    authorities: tlsAuthorities(trust, "servers"),
    credentials: () => certified.tls(),
  });
  const asked = clock.now();
  await known
    .report({ at: asked.toISOString(), software: "provision", policyVersion: null })
    .then(({ serverTime }) => {
      if (Math.abs(new Date(serverTime).getTime() - asked.getTime()) > CLOCK_OFF_MS) problems.push("clock/suspect");
    })
    .catch((error: unknown) => problems.push(error instanceof KabinaError ? error.code : "office/unreachable"));
  return { ...common, movedFrom, state: "ready", problems };
}
