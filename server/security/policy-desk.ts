/**
 * The booths' policy at the officer's console: what is in force, what waits for signatures, and the way from a form to what two different
 * people have signed with their own keys. Sessions propose; keys sign (docs/decisions.md 19): a passkey signs WebAuthn's bytes only.
 */
import { createHash } from "node:crypto";
import type { z } from "zod";
import { decodeHotList, HOT_LIST_TARGET, type HotList, longestLifeDays } from "../../crypto/device/hot-list.ts";
import { hotListFaults } from "../../crypto/device/hot-list-faults.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type PolicyFault, policyFaults } from "../../crypto/policy/policy-faults.ts";
import { defaultPolicy, POLICY_TARGET, SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { CertificateOffice } from "../pki/office.ts";
import type { UpdatesDesk } from "../pki/updates-desk.ts";
import type { PolicyProposal, PolicyShown, PolicySignature } from "./api.ts";

type Proposed = z.infer<typeof PolicyProposal>;

export interface PolicyDeskTools {
  readonly updates: UpdatesDesk;
  readonly office: CertificateOffice;
  readonly clock: Clock;
}

export class PolicyDesk {
  readonly #tools: PolicyDeskTools;
  /** One change at a time: the last signature of two at once publishes, and publishes once. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(tools: PolicyDeskTools) {
    this.#tools = tools;
  }

  async read(): Promise<PolicyShown> {
    const { repository } = this.#tools.updates;
    if (!(await repository.begun()))
      return {
        begun: false,
        version: null,
        policy: defaultPolicy,
        builtIn: true,
        hotList: null,
        officers: [],
        threshold: 0,
        draft: null,
      };
    const [target, standing, { keyIds, threshold }] = await Promise.all([
      repository.target(POLICY_TARGET),
      repository.standing(),
      repository.officers(),
    ]);
    const kept = target && SessionPolicy.safeParse(jsonOf(target));
    return {
      begun: true,
      version: standing.targets?.version ?? null,
      policy: kept?.success ? kept.data : defaultPolicy,
      builtIn: !kept?.success,
      hotList: await this.#hotList(),
      officers: keyIds.map((keyId) => ({ keyId, person: this.#personOf(keyId) })),
      threshold,
      draft: await this.#draft(),
    };
  }

  /** What is wrong with a proposal, field by field; the hot-list's paths begin with `hotList.`. */
  async faultsOf({ policy, hotList }: Proposed): Promise<PolicyFault[]> {
    const listed = hotListFaults(hotList.entries, (await this.#hotList())?.entries ?? []);
    return [...policyFaults(policy), ...listed.map((fault) => ({ ...fault, path: `hotList.${fault.path}` }))];
  }

  /**
   * Puts policy and hot-list before the officers; what waited before is no more. Without faults only (`faultsOf`). Throws
   * `updates/missing`, `hot-list/malformed`.
   */
  propose({ policy, hotList }: Proposed, by: string): Promise<PolicyShown> {
    return this.#inTurn(async () => {
      const { updates } = this.#tools;
      await updates.repository.officers();
      const files: Record<string, Uint8Array> = {
        [POLICY_TARGET]: Buffer.from(JSON.stringify(SessionPolicy.parse(policy), null, 1)),
      };
      const standing = await this.#hotList();
      const changed = JSON.stringify(hotList.entries) !== JSON.stringify(standing?.entries ?? []);
      if (changed || hotList.renew) files[HOT_LIST_TARGET] = this.#listOf(hotList.entries);
      await updates.follow();
      const { version, hash } = await updates.repository.draft(files, updates.online.lists);
      this.#note(by, "policy.drafted", hash, { version });
      return this.read();
    });
  }

  /** Takes back what waits. Throws `updates/no-draft`. */
  withdraw(by: string): Promise<PolicyShown> {
    return this.#inTurn(async () => {
      const { repository } = this.#tools.updates;
      const { hash, version } = await repository.pending();
      await repository.withdraw();
      this.#note(by, "policy.withdrawn", hash, { version });
      return this.read();
    });
  }

  /** What an officer downloads and signs elsewhere. Throws `updates/no-draft`. */
  bytesToSign(): Promise<Uint8Array> {
    return this.#tools.updates.repository.bytesToSign();
  }

  /**
   * Takes the signature of whoever is signed in, made with their own key; with the last one that is needed the policy stands.
   * Throws `updates/…`, `certificate/revoked`.
   */
  sign({ keyId, signature, hash }: PolicySignature, by: string): Promise<PolicyShown> {
    return this.#inTurn(async () => {
      const { updates, office, clock } = this.#tools;
      const held = office.register.certificatesOfKey(keyId).filter(({ issuer }) => issuer === "staff");
      if (!held.some(({ name }) => name === by)) throw new KabinaError("updates/not-own-key", { keyId });
      const now = clock.now().toISOString();
      if (!held.some(({ revokedAt, notAfter }) => revokedAt === null && notAfter > now))
        throw new KabinaError("certificate/revoked", { subject: by });
      const before = await updates.repository.pending();
      const other = before.signedBy.find((signer) => signer !== keyId && this.#personOf(signer) === by);
      if (other !== undefined) throw new KabinaError("updates/person-signed", { person: by });
      const draft = await updates.repository.addSignature(keyId, Buffer.from(signature, "hex"), hash);
      this.#note(by, "policy.signed", hash, { version: draft.version });
      if (draft.signedBy.length >= draft.threshold) {
        await updates.follow();
        await updates.repository.publish(updates.online);
        this.#note("server", "policy.published", hash, { version: draft.version });
      }
      return this.read();
    });
  }

  async #draft(): Promise<PolicyShown["draft"]> {
    const { repository } = this.#tools.updates;
    try {
      const { version, hash, signedBy, targets } = await repository.pending();
      const content = await repository.draftTarget(POLICY_TARGET);
      const parsed = content && SessionPolicy.safeParse(jsonOf(content));
      const list = await repository.draftTarget(HOT_LIST_TARGET);
      const others: string[] = [];
      for (const { path, sha256 } of targets) {
        if (path === POLICY_TARGET || path === HOT_LIST_TARGET) continue;
        const before = await repository.target(path);
        if (!before || createHash("sha256").update(before).digest("hex") !== sha256) others.push(path);
      }
      return {
        version,
        hash,
        policy: parsed?.success ? parsed.data : null,
        hotList: list ? decodeHotList(list) : null,
        others,
        signedBy: signedBy.map((keyId) => ({ keyId, person: this.#personOf(keyId) })),
      };
    } catch (error) {
      if (error instanceof KabinaError && error.code === "updates/no-draft") return null;
      throw error;
    }
  }

  async #hotList(): Promise<HotList | null> {
    const { repository } = this.#tools.updates;
    const content = (await repository.begun()) ? await repository.target(HOT_LIST_TARGET) : undefined;
    return content ? decodeHotList(content) : null;
  }

  /** A list of these entries, from now on. */
  #listOf(entries: readonly unknown[]): Uint8Array {
    const now = this.#tools.clock.now().getTime();
    const wholeSecond = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const life = longestLifeDays * 24 * 60 * 60_000;
    const list = {
      format: "kabina-hot-list/1",
      issuedAt: wholeSecond(now),
      expires: wholeSecond(now + life - 1000),
      entries,
    };
    const bytes = Buffer.from(JSON.stringify(list, null, 1));
    decodeHotList(bytes);
    return bytes;
  }

  /** Whose key it is; null where the authority for staff never certified it. */
  #personOf(keyId: string): string | null {
    const { register } = this.#tools.office;
    return register.certificatesOfKey(keyId).find(({ issuer }) => issuer === "staff")?.name ?? null;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#work.then(task);
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  #note(by: string, kind: string, subject: string, data: Record<string, number>): void {
    const { register } = this.#tools.office;
    const at = this.#tools.clock.now().toISOString();
    register.note(() => register.addEvent({ at, by, kind, subject, data }));
  }
}

const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString("utf8"));
