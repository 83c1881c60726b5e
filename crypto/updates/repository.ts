/**
 * The repository of policy, hot-lists and updates (The Update Framework 1.0, tuf-spec): root and targets are signed by officers, a
 * threshold of them each; snapshot, timestamp and the revocation lists by keys of the server, which can keep the rest fresh but never
 * change it. docs/formats/updates.md.
 *
 *     metadata/  <n>.root.json  <n>.targets.json  <n>.lists.json  <n>.snapshot.json  timestamp.json
 *     targets/   <sha256>.<name>  lists/<sha256>.<name>
 *     draft.json                     targets that wait for signatures
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  Key,
  Metadata,
  MetadataKind,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from "@tufjs/models";
import { writeFileDurably } from "../durable-file.ts";
import type { Clock } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";

export type TufKey = Pick<PrivateKeyHandle, "keyId" | "publicKey" | "sign">;

const day = 24 * 60 * 60_000; // ms
const specVersion = "1.0.31";
/** Days that each role's metadata holds. A booth that hears nothing new for longer takes nothing old for new. */
export const updateLife = { root: 365, targets: 180, lists: 7, snapshot: 7, timestamp: 7 } as const;
/** Part of its life after which the server signs snapshot, timestamp and lists again. */
const renewedAfter = 1 / 4;
/** The role that revocation lists are delegated to. */
const listsRole = "lists";
const largestTarget = 64 * 1024 * 1024; // bytes

type Role = keyof typeof updateLife;
type AnyMetadata = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;

export interface OnlineKeys {
  readonly snapshot: TufKey;
  readonly timestamp: TufKey;
  readonly lists: TufKey;
}

/** Who signs from the next root on; what is left out stays. */
export interface RoleChange {
  readonly officers?: { readonly keys: readonly TufKey[]; readonly threshold: number } | undefined;
  readonly online?: OnlineKeys | undefined;
}

export interface Draft {
  readonly version: number;
  /** Hex SHA-256 of what is signed: what two officers must have seen the same. */
  readonly hash: string;
  readonly targets: readonly { readonly path: string; readonly sha256: string; readonly length: number }[];
  readonly signedBy: readonly string[];
  readonly threshold: number;
}

export class UpdateRepository {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Makes the first root: these officers, so many of whom must sign, and the server's own keys. Throws `updates/exists`, `updates/threshold`. */
  async begin(officers: readonly TufKey[], threshold: number, online: OnlineKeys): Promise<void> {
    if (await this.#read("1.root.json")) throw new KabinaError("updates/exists", { path: this.#folder });
    const distinct = new Set(officers.map(({ keyId }) => keyId)).size;
    if (!(threshold >= 2 && threshold <= distinct))
      throw new KabinaError("updates/threshold", { threshold, officers: distinct });
    const metadata = new Metadata(this.#rootOf(1, officers.map(tufKey), threshold, online));
    for (const officer of officers) await sign(metadata, officer);
    await this.#write("1.root.json", metadata);
  }

  /**
   * Makes the next root: other officers, other keys of the server, or both, signed by enough of the officers before it and after it; and the targets
   * that stand, signed by both, so that they hold under either root. `signers`: officers of today. Throws `updates/draft-waits`, `updates/threshold`,
   * `updates/too-few`.
   */
  async succeed(change: RoleChange, signers: readonly TufKey[], online: OnlineKeys): Promise<void> {
    if (await this.pending().catch(() => undefined)) throw new KabinaError("updates/draft-waits", {});
    const before = await this.root();
    const { keys, roles } = before.signed;
    const named = (role: string) => (roles[role]?.keyIDs ?? []).map((keyId) => keys[keyId]!);
    const officers = change.officers?.keys.map(tufKey) ?? named("targets");
    const threshold = change.officers?.threshold ?? roles.targets!.threshold;
    const distinct = new Set(officers.map(({ keyID }) => keyID)).size;
    if (!(threshold >= 2 && threshold <= distinct))
      throw new KabinaError("updates/threshold", { threshold, officers: distinct });
    const servers = change.online ?? online;
    const metadata = new Metadata(this.#rootOf(before.signed.version + 1, officers, threshold, servers));
    const everybody = [...signers, ...(change.officers?.keys ?? [])];
    for (const officer of everybody) await sign(metadata, officer);
    for (const [root, needed] of [
      [before, roles.root!.threshold],
      [metadata, threshold],
    ] as const)
      try {
        root.verifyDelegate("root", metadata);
      } catch (cause) {
        const { keyIDs } = root.signed.roles.root!;
        const signed = keyIDs.filter((keyId) => metadata.signatures[keyId]).length;
        throw new KabinaError("updates/too-few", { signed, threshold: needed }, { cause });
      }
    const standing = (await this.#current("targets")) as Metadata<Targets> | undefined;
    if (standing) {
      const targets = new Metadata(
        this.#targetsOf(standing.signed.version + 1, standing.signed.targets, servers.lists),
      );
      for (const officer of everybody) await sign(targets, officer);
      await this.#write(`${targets.signed.version}.targets.json`, targets);
    }
    await this.#write(`${metadata.signed.version}.root.json`, metadata);
    await this.refresh(servers, {}, true);
  }

  /** Takes over what `succeed` has written in a copy of this repository: targets and root before what points to them. */
  async take(copy: string): Promise<void> {
    const [here, there] = [join(this.#folder, "metadata"), join(copy, "metadata")];
    const known = new Set(await readdir(here));
    const rank = (name: string) => ["targets", "root", "lists", "snapshot"].indexOf(name.split(".")[1] ?? "");
    const fresh = (await readdir(there)).filter((name) => !known.has(name)).sort((a, b) => rank(a) - rank(b));
    for (const name of [...fresh, "timestamp.json"])
      if (known.has(name) || fresh.includes(name))
        await writeFileDurably(join(here, name), await readFile(join(there, name)));
  }

  #rootOf(version: number, officers: readonly Key[], threshold: number, online: OnlineKeys): Root {
    const root = new Root({ version, specVersion, expires: this.#expiry("root"), consistentSnapshot: true });
    for (const officer of officers) for (const role of ["root", "targets"]) root.addKey(officer, role);
    root.addKey(tufKey(online.snapshot), "snapshot");
    root.addKey(tufKey(online.timestamp), "timestamp");
    const json = root.toJSON() as RootJson;
    for (const role of ["root", "targets"]) json.roles[role]!.threshold = threshold;
    return Root.fromJSON(json);
  }

  /** Officers' targets, with the revocation lists delegated to the server. */
  #targetsOf(version: number, targets: Readonly<Record<string, TargetFile>>, lists: TufKey): Targets {
    return Targets.fromJSON({
      ...new Targets({ version, specVersion, expires: this.#expiry("targets"), targets: { ...targets } }).toJSON(),
      delegations: {
        keys: { [lists.keyId]: tufKey(lists).toJSON() },
        roles: [{ name: listsRole, keyids: [lists.keyId], threshold: 1, terminating: true, paths: ["lists/*"] }],
      },
    });
  }

  /** The newest root, which a client must have been given once. Throws `updates/missing`. */
  async root(): Promise<Metadata<Root>> {
    let newest: Metadata<Root> | undefined;
    for (let version = 1; ; version++) {
      const json = await this.#read(`${version}.root.json`);
      if (!json) break;
      newest = Metadata.fromJSON(MetadataKind.Root, json);
    }
    if (!newest) throw new KabinaError("updates/missing", { path: this.#folder });
    return newest;
  }

  /** Whether there is a repository here. */
  async begun(): Promise<boolean> {
    return (await this.#read("1.root.json")) !== undefined;
  }

  /** Key ids of the officers, and how many of them must sign. Throws `updates/missing`. */
  async officers(): Promise<{ readonly keyIds: readonly string[]; readonly threshold: number }> {
    const { keyIDs, threshold } = (await this.root()).signed.roles.targets!;
    return { keyIds: keyIDs, threshold };
  }

  /** Key ids of the server's own keys, as the newest root and targets name them; none before there are any. */
  async onlineKeyIds(): Promise<Partial<Record<keyof OnlineKeys, string>>> {
    if (!(await this.begun())) return {};
    const { roles } = (await this.root()).signed;
    const targets = (await this.#newestTargets())?.signed;
    const [snapshot, timestamp] = [roles.snapshot!.keyIDs[0]!, roles.timestamp!.keyIDs[0]!];
    const [lists] = Object.keys(targets?.delegations?.keys ?? {});
    return { snapshot, timestamp, ...(lists === undefined ? {} : { lists }) };
  }

  /** The first root, as a client pins it. */
  async firstRoot(): Promise<Uint8Array> {
    return readFile(join(this.#folder, "metadata", "1.root.json"));
  }

  /** Prepares new targets besides those that stand; replaces an unsigned draft. Throws `updates/too-large`. */
  async draft(files: Readonly<Record<string, Uint8Array>>, lists: TufKey): Promise<Draft> {
    const standing = await this.#current("targets");
    const targets = { ...((standing?.signed as Targets | undefined)?.targets ?? {}) };
    for (const [path, content] of Object.entries(files)) {
      if (content.length > largestTarget)
        throw new KabinaError("updates/too-large", { size: content.length, limit: largestTarget });
      targets[path] = targetOf(path, content);
      await this.#writeTarget(path, content);
    }
    const version = (standing?.signed.version ?? 0) + 1;
    await this.#saveDraft(new Metadata(this.#targetsOf(version, targets, lists)));
    return this.pending();
  }

  /** What waits for signatures. Throws `updates/no-draft`. */
  async pending(): Promise<Draft> {
    return this.#describe(await this.#draft());
  }

  /** The exact bytes that officers sign (OLPC canonical JSON of the signed part), for a key that is elsewhere. Throws `updates/no-draft`. */
  async bytesToSign(): Promise<Uint8Array> {
    return bytesOf(await this.#draft());
  }

  /** A file of the draft; undefined when it has none of that name. Throws `updates/no-draft`. */
  async draftTarget(path: string): Promise<Uint8Array | undefined> {
    return this.#content((await this.#draft()).signed.targets[path]);
  }

  /** Drops what waits for signatures; nothing of it stands. Throws `updates/no-draft`. */
  async withdraw(): Promise<void> {
    await this.#draft();
    await rm(join(this.#folder, "draft.json"), { force: true });
  }

  /**
   * A signature that was made elsewhere, DER, over `bytesToSign`. `hash`: what the officer was shown. Throws `updates/no-draft`,
   * `updates/draft-changed`, `updates/not-an-officer`, `updates/signature-wrong`.
   */
  async addSignature(keyId: string, signature: Uint8Array, hash: string): Promise<Draft> {
    const metadata = await this.#draft();
    if (hashOf(metadata) !== hash) throw new KabinaError("updates/draft-changed", {});
    const root = await this.root();
    if (!root.signed.roles.targets?.keyIDs.includes(keyId)) throw new KabinaError("updates/not-an-officer", { keyId });
    const signed = new Metadata(metadata.signed);
    const sig = Buffer.from(signature).toString("hex");
    signed.signatures[keyId] = new Signature({ keyID: keyId, sig });
    try {
      root.signed.keys[keyId]!.verifySignature(signed);
    } catch (cause) {
      throw new KabinaError("updates/signature-wrong", { keyId }, { cause });
    }
    metadata.signatures[keyId] = signed.signatures[keyId]!;
    await this.#saveDraft(metadata);
    return this.pending();
  }

  /** One officer's signature under the draft. `hash`: what the officer was shown. Throws `updates/no-draft`, `updates/draft-changed`, `updates/not-an-officer`. */
  async signDraft(officer: TufKey, hash: string): Promise<Draft> {
    const metadata = await this.#draft();
    if (hashOf(metadata) !== hash) throw new KabinaError("updates/draft-changed", {});
    const root = await this.root();
    if (!root.signed.roles.targets?.keyIDs.includes(officer.keyId))
      throw new KabinaError("updates/not-an-officer", { keyId: officer.keyId });
    await sign(metadata, officer);
    await this.#saveDraft(metadata);
    return this.pending();
  }

  /** Makes the draft the standing targets once enough officers have signed. Throws `updates/too-few`. */
  async publish(online: OnlineKeys): Promise<void> {
    const metadata = await this.#draft();
    const { signedBy, threshold, version } = await this.#describe(metadata);
    try {
      (await this.root()).verifyDelegate("targets", metadata);
    } catch (cause) {
      throw new KabinaError("updates/too-few", { signed: signedBy.length, threshold }, { cause });
    }
    await this.#write(`${version}.targets.json`, metadata);
    await this.refresh(online, {}, true);
    await rm(join(this.#folder, "draft.json"), { force: true });
  }

  /** Signs lists, snapshot and timestamp anew where they have changed or have used up a part of their life. */
  async refresh(online: OnlineKeys, lists: Readonly<Record<string, Uint8Array>> = {}, force = false): Promise<boolean> {
    const targets = await this.#current("targets");
    if (!targets) return false;
    const standing = (await this.#current(listsRole)) as Metadata<Targets> | undefined;
    const wanted = { ...(standing?.signed.targets ?? {}) };
    for (const [name, content] of Object.entries(lists)) {
      wanted[`lists/${name}`] = targetOf(`lists/${name}`, content);
      await this.#writeTarget(`lists/${name}`, content);
    }
    const changed = JSON.stringify(wanted) !== JSON.stringify(standing?.signed.targets ?? {});
    const snapshot = await this.#current("snapshot");
    const behind = (snapshot?.signed as Snapshot | undefined)?.meta["targets.json"]?.version !== targets.signed.version;
    if (
      !(force || changed || behind || !standing || this.#isDue(standing, "lists") || this.#isDue(snapshot, "snapshot"))
    )
      return false;
    const listsVersion = (standing?.signed.version ?? 0) + 1;
    const listsMetadata = new Metadata(
      new Targets({ version: listsVersion, specVersion, expires: this.#expiry("lists"), targets: wanted }),
    );
    await sign(listsMetadata, online.lists);
    await this.#write(`${listsVersion}.${listsRole}.json`, listsMetadata);
    const version = (snapshot?.signed.version ?? 0) + 1;
    const meta = {
      "targets.json": new MetaFile({ version: targets.signed.version }),
      [`${listsRole}.json`]: new MetaFile({ version: listsVersion }),
    };
    const next = new Metadata(new Snapshot({ version, specVersion, expires: this.#expiry("snapshot"), meta }));
    await sign(next, online.snapshot);
    await this.#write(`${version}.snapshot.json`, next);
    const timestamp = new Metadata(
      new Timestamp({
        version,
        specVersion,
        expires: this.#expiry("timestamp"),
        snapshotMeta: new MetaFile({ version }),
      }),
    );
    await sign(timestamp, online.timestamp);
    // Last: until this is in place a client sees the whole old state.
    await this.#write("timestamp.json", timestamp);
    return true;
  }

  /** The version and expiry of each role that stands. */
  async standing(): Promise<Record<string, { version: number; expires: string }>> {
    const roles: [string, AnyMetadata | undefined][] = [["root", await this.root()]];
    for (const role of ["targets", listsRole, "snapshot"] as const) roles.push([role, await this.#current(role)]);
    return Object.fromEntries(
      roles.flatMap(([role, metadata]) =>
        metadata ? [[role, { version: metadata.signed.version, expires: metadata.signed.expires }]] : [],
      ),
    );
  }

  /** A target that stands; undefined when there is none of that name. */
  async target(path: string): Promise<Uint8Array | undefined> {
    const targets = (await this.#current("targets")) as Metadata<Targets> | undefined;
    return this.#content(targets?.signed.targets[path]);
  }

  async #content(file: TargetFile | undefined): Promise<Uint8Array | undefined> {
    return file && readFile(join(this.#folder, "targets", hashedPath(file.path, file.hashes.sha256!)));
  }

  /** Every content that a target has had, with the version of the targets that first had it; oldest first. */
  async history(path: string): Promise<readonly { readonly version: number; readonly content: Uint8Array }[]> {
    const found: { version: number; content: Uint8Array }[] = [];
    let before: string | undefined;
    for (let version = 1; ; version++) {
      const json = await this.#read(`${version}.targets.json`);
      if (!json) return found;
      const hash = Metadata.fromJSON(MetadataKind.Targets, json).signed.targets[path]?.hashes.sha256;
      if (hash === undefined || hash === before) continue;
      before = hash;
      found.push({ version, content: await readFile(join(this.#folder, "targets", hashedPath(path, hash))) });
    }
  }

  async #current(role: "targets" | typeof listsRole | "snapshot"): Promise<AnyMetadata | undefined> {
    const timestamp = await this.#read("timestamp.json");
    if (!timestamp && role !== "targets") return undefined;
    if (timestamp) {
      const { version } = Metadata.fromJSON(MetadataKind.Timestamp, timestamp).signed.snapshotMeta;
      const snapshot = Metadata.fromJSON(MetadataKind.Snapshot, (await this.#read(`${version}.snapshot.json`))!);
      if (role === "snapshot") return snapshot;
      if (role === listsRole) {
        const json = await this.#read(`${snapshot.signed.meta["lists.json"]!.version}.${listsRole}.json`);
        return Metadata.fromJSON(MetadataKind.Targets, json!);
      }
    }
    return this.#newestTargets();
  }

  /** A cut may have come between the targets and the snapshot over them: the newest whole targets count. */
  async #newestTargets(): Promise<Metadata<Targets> | undefined> {
    let newest: Metadata<Targets> | undefined;
    for (let version = 1; ; version++) {
      const json = await this.#read(`${version}.targets.json`);
      if (!json) return newest;
      newest = Metadata.fromJSON(MetadataKind.Targets, json);
    }
  }

  #isDue(metadata: AnyMetadata | undefined, role: Role): boolean {
    if (!metadata) return true;
    const left = Date.parse(metadata.signed.expires) - this.#clock.now().getTime();
    return left < updateLife[role] * day * (1 - renewedAfter);
  }

  #expiry(role: Role): string {
    return new Date(this.#clock.now().getTime() + updateLife[role] * day).toISOString().replace(/\.\d+Z$/, "Z");
  }

  async #draft(): Promise<Metadata<Targets>> {
    const text = await readFile(join(this.#folder, "draft.json"), "utf8").catch((cause: unknown) => {
      throw new KabinaError("updates/no-draft", {}, { cause });
    });
    return Metadata.fromJSON(MetadataKind.Targets, JSON.parse(text));
  }

  #saveDraft(metadata: Metadata<Targets>): Promise<void> {
    return writeFileDurably(join(this.#folder, "draft.json"), JSON.stringify(metadata.toJSON()));
  }

  async #describe(metadata: Metadata<Targets>): Promise<Draft> {
    const targets = Object.values(metadata.signed.targets);
    return {
      version: metadata.signed.version,
      hash: hashOf(metadata),
      targets: targets.map(({ path, hashes, length }) => ({ path, sha256: hashes.sha256!, length })),
      signedBy: Object.keys(metadata.signatures),
      threshold: (await this.root()).signed.roles.targets!.threshold,
    };
  }

  async #read(name: string): Promise<Json | undefined> {
    const text = await readFile(join(this.#folder, "metadata", name), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  async #write(name: string, metadata: AnyMetadata): Promise<void> {
    await mkdir(join(this.#folder, "metadata"), { recursive: true });
    await writeFileDurably(join(this.#folder, "metadata", name), JSON.stringify(metadata.toJSON()));
  }

  async #writeTarget(path: string, content: Uint8Array): Promise<void> {
    const file = join(this.#folder, "targets", hashedPath(path, sha256(content)));
    await mkdir(dirname(file), { recursive: true });
    await writeFileDurably(file, content);
  }
}

type Json = Parameters<typeof Root.fromJSON>[0];
interface RootJson extends Json {
  readonly roles: Record<string, { keyids: string[]; threshold: number }>;
}

const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

const targetOf = (path: string, content: Uint8Array): TargetFile =>
  new TargetFile({ path, length: content.length, hashes: { sha256: sha256(content) } });

function hashedPath(path: string, hash: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}${hash}.${path.slice(slash)}`;
}

const tufKey = ({ keyId, publicKey }: TufKey): Key =>
  new Key({
    keyID: keyId,
    keyType: "ecdsa",
    scheme: "ecdsa-sha2-nistp256",
    keyVal: { public: publicKey.export({ format: "pem", type: "spki" }) as string },
  });

/** The library signs synchronously, a key store does not: it is asked for the bytes first. */
function bytesOf(metadata: AnyMetadata): Buffer {
  let bytes: Buffer | undefined;
  const copy = new Metadata(metadata.signed as Targets);
  copy.sign((data) => {
    bytes = data;
    return new Signature({ keyID: "none", sig: "" });
  });
  return bytes!;
}

const hashOf = (metadata: AnyMetadata): string => sha256(bytesOf(metadata));

async function sign(metadata: AnyMetadata, key: TufKey): Promise<void> {
  const sig = Buffer.from(await key.sign(bytesOf(metadata))).toString("hex");
  metadata.signatures[key.keyId] = new Signature({ keyID: key.keyId, sig });
}
