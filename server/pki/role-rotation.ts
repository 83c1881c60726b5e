/**
 * The next root of policy and updates: other officers, other keys of the server, or both (tuf-spec §6.1). Written in a copy first, which a booth
 * that is up to date and a booth that was just unpacked must follow to the same policy; then taken over as it was rehearsed. docs/formats/updates.md.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureKey } from "../../crypto/authority/authority.ts";
import type { Clock } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyPurpose, KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { POLICY_TARGET } from "../../crypto/policy/session-policy.ts";
import { folderSource, UpdateClient } from "../../crypto/updates/client.ts";
import { type OnlineKeys, type RoleChange, type TufKey, UpdateRepository } from "../../crypto/updates/repository.ts";

/** The server's own keys of the repository, by the role that each signs. */
const onlinePurposes = {
  snapshot: "updates-snapshot",
  timestamp: "updates-timestamp",
  lists: "updates-lists",
} as const satisfies Record<keyof OnlineKeys, KeyPurpose>;
const onlineRoles = Object.keys(onlinePurposes) as (keyof OnlineKeys)[];

/**
 * The server's keys that the repository names, made where there are none. A change that was cut off after it was published is made up for: the key
 * that waits and is named takes over.
 */
export async function onlineKeys(store: KeyStore, repository: UpdateRepository): Promise<OnlineKeys> {
  const named = await repository.onlineKeyIds();
  const waiting = (await store.list()).filter(({ state }) => state === "pending");
  const found: Partial<Record<keyof OnlineKeys, PrivateKeyHandle>> = {};
  for (const role of onlineRoles) {
    const purpose = onlinePurposes[role];
    const next = waiting.find((key) => key.purpose === purpose && key.keyId === named[role]);
    found[role] = next ? await store.adopt(purpose, []) : await ensureKey(store, purpose);
  }
  return found as Record<keyof OnlineKeys, PrivateKeyHandle>;
}

export interface RoleRotation {
  /** Officers from now on; those of today when left out. */
  readonly officers?: RoleChange["officers"];
  /** New keys of the server for snapshot, timestamp and revocation lists. */
  readonly online: boolean;
  /** Officers of today, who sign. */
  readonly signers: readonly TufKey[];
  readonly rehearsal: boolean;
}

export interface RoleRotationTools {
  /** `<data>/authority/updates` */
  readonly folder: string;
  readonly store: KeyStore;
  readonly clock: Clock;
}

export interface RolesRotated {
  readonly rehearsal: boolean;
  /** Of the root. */
  readonly version: number;
  readonly shown: readonly string[];
}

/** Throws `updates/…`, `rotation/rehearsal-failed`: then what stood stands. */
export async function rotateRoles(change: RoleRotation, tools: RoleRotationTools): Promise<RolesRotated> {
  const { folder, store, clock } = tools;
  const repository = new UpdateRepository(folder, clock);
  const current = await onlineKeys(store, repository);
  await repository.refresh(current);
  const scratch = await mkdtemp(join(tmpdir(), "kabina-roles-"));
  const waited = new Set((await store.list()).filter(({ state }) => state === "pending").map(({ keyId }) => keyId));
  let published = false;
  const next = change.online ? await prepared(store) : undefined;
  try {
    const copy = join(scratch, "copy");
    await cp(folder, copy, { recursive: true });
    const trial = new UpdateRepository(copy, clock);
    // Before the first policy there is nothing for a booth to fetch: that enough have signed is all there is to show.
    const begun = "targets" in (await repository.standing());
    const upToDate = await booth(join(scratch, "up-to-date"), repository);
    const before = begun ? await policySeen(upToDate, copy) : "";
    await trial.succeed({ officers: change.officers, online: next }, change.signers, current);
    const version = (await trial.root()).signed.version;
    const shown = begun ? await rehearse(trial, upToDate, before, { scratch, copy }) : [SIGNED_BY_BOTH];
    if (!change.rehearsal) {
      await repository.take(copy);
      published = true;
      await onlineKeys(store, repository);
    }
    return { rehearsal: change.rehearsal, version, shown };
  } finally {
    await rm(scratch, { recursive: true, force: true });
    for (const role of published ? [] : onlineRoles)
      if (next && !waited.has(next[role].keyId)) await store.destroy(onlinePurposes[role], next[role].keyId);
  }
}

const SIGNED_BY_BOTH = "no policy was published yet; the next root is signed by enough of those before and after";

async function prepared(store: KeyStore): Promise<Record<keyof OnlineKeys, PrivateKeyHandle>> {
  const made: Partial<Record<keyof OnlineKeys, PrivateKeyHandle>> = {};
  for (const role of onlineRoles) made[role] = await store.prepare(onlinePurposes[role]);
  return made as Record<keyof OnlineKeys, PrivateKeyHandle>;
}

async function booth(folder: string, repository: UpdateRepository): Promise<UpdateClient> {
  const client = new UpdateClient(folder);
  await client.begin(await repository.firstRoot());
  return client;
}

const policySeen = async (client: UpdateClient, folder: string): Promise<string> => {
  const found = await client.update(folderSource(folder), [POLICY_TARGET]);
  return Buffer.from(found.get(POLICY_TARGET) ?? []).toString("base64");
};

async function rehearse(
  trial: UpdateRepository,
  upToDate: UpdateClient,
  before: string,
  { scratch, copy }: { readonly scratch: string; readonly copy: string },
): Promise<readonly string[]> {
  const version = (await trial.root()).signed.version;
  const fresh = await booth(join(scratch, "fresh"), trial);
  try {
    for (const client of [upToDate, fresh])
      if ((await policySeen(client, copy)) !== before || (await client.version("root")) !== version)
        throw new KabinaError("updates/refused", { reason: "another policy" });
  } catch (cause) {
    const reason = isCoded(cause) ? cause.code : "unexpected";
    throw new KabinaError("rotation/rehearsal-failed", { kind: "updates", reason }, { cause });
  }
  return [
    "a booth that is up to date follows to the next root, and finds the same policy",
    "a booth that knows the first root alone follows to it as well",
  ];
}
