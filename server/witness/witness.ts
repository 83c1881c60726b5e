/**
 * The server as witness of its booths' audit logs (C2SP tlog-witness): it cosigns a head only when the log has grown from the last one
 * that it cosigned, keeps the entries that follow it, and keeps as evidence whatever a booth signed that cannot be true with that.
 */

import { type Checkpoint, readCheckpoint } from "../../crypto/audit/checkpoint.ts";
import { boothCosigner, cosign } from "../../crypto/audit/cosignature.ts";
import { decodeEntry } from "../../crypto/audit/entry.ts";
import { GrowingTree, leafHash, verifyConsistency } from "../../crypto/audit/merkle.ts";
import { readNote } from "../../crypto/audit/note.ts";
import { readAddition } from "../../crypto/audit/proof-file.ts";
import { type AuditSigners, certifiedSigners, verifiedHead } from "../../crypto/audit/verify.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import type { WitnessStanding } from "../../crypto/delivery/answers.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { BoothLogRecord, HeldEntry } from "../store/booth-logs.ts";
import type { Store } from "../store/store.ts";
import type { OwnLog } from "./own-log.ts";

export interface WitnessTools {
  readonly store: Store;
  /** The `server-audit` key. */
  readonly key: PrivateKeyHandle;
  readonly anchors: readonly Certificate[];
  readonly clock: Clock;
  /** This server's own log, for booths to witness; undefined where it keeps none. */
  readonly ownLog?: () => OwnLog | undefined;
  /** Evidence against a booth's log that was not known before. */
  readonly onEvidence?: (booth: string, code: string, size: number) => void;
}

export type WitnessAnswer =
  | { readonly kind: "cosigned"; readonly line: string }
  /** Ask again with this size as the old one. */
  | { readonly kind: "conflict"; readonly size: number };

const SEALED = "package.sealed";
/** Bytes of certificates that a booth may send. */
const LARGEST_CERTIFICATES = 64 << 10;
const empty = new GrowingTree().root();

export class Witness {
  readonly #tools: WitnessTools;

  constructor(tools: WitnessTools) {
    this.#tools = tools;
  }

  standing(booth: string): WitnessStanding {
    const { store, key } = this.#tools;
    const known = store.boothLogs.find(booth);
    const certificates = key.chain.map((certificate) => certificate.toPem()).join("");
    return { size: known?.size ?? 0, held: known?.held ?? 0, certificates };
  }

  /** The server's own head, with the proof that its log has only grown. Throws `intake/route-unknown` where it keeps none. */
  ownAddition(since: number): string {
    return this.#ownLog().addition(since);
  }

  /** A booth's cosignature under the server's own head. Throws `audit/key-unknown`, `audit/checkpoint-malformed`, `audit/inconsistent`, `audit/cosignature`. */
  async takeCosignature(booth: string, note: string): Promise<void> {
    const { store, anchors } = this.#tools;
    const known = store.boothLogs.find(booth);
    if (!known) throw new KabinaError("audit/key-unknown", { booth });
    const certificates = Certificate.fromPem(known.certificates);
    await this.#ownLog().keep(note, boothCosigner(booth), certifiedSigners(certificates, anchors), certificates);
  }

  #ownLog(): OwnLog {
    const log = this.#tools.ownLog?.();
    if (!log) throw new KabinaError("intake/route-unknown");
    return log;
  }

  /** Takes the certificates of the keys that sign a booth's log. Throws `certificate/*`, `audit/key-unknown`. */
  async certify(booth: string, pem: string): Promise<void> {
    const { store, anchors } = this.#tools;
    if (pem.length > LARGEST_CERTIFICATES) throw new KabinaError("certificate/malformed", { reason: "too long" });
    const known = store.boothLogs.find(booth);
    // Former keys stay: what they signed is still in the log.
    const all = new Map(
      [...(known ? Certificate.fromPem(known.certificates) : []), ...Certificate.fromPem(pem)].map((one) => [
        one.sha256,
        one,
      ]),
    );
    const certificates = [...all.values()];
    if (certifiedSigners(certificates, anchors).of(originOf(booth)).length === 0)
      throw new KabinaError("audit/key-unknown", { booth });
    const text = certificates.map((one) => one.toPem()).join("");
    await store.commits.commit(() => store.boothLogs.certify(booth, text));
  }

  /**
   * Judges the body of an `add-checkpoint`. Throws `audit/proof-malformed`, `audit/checkpoint-*`, `audit/origin-unknown`, `audit/key-unknown`,
   * `audit/inconsistent`, `audit/fork`; the last two leave evidence.
   */
  async addCheckpoint(booth: string, body: string): Promise<WitnessAnswer> {
    const { store, key, clock } = this.#tools;
    const { oldSize, hashes, note } = readAddition(body);
    const known = store.boothLogs.find(booth);
    const head = this.#head(booth, note, known);
    if (oldSize > head.size) throw new KabinaError("audit/proof-malformed", {});
    const size = known?.size ?? 0;
    await this.#refuseFork(booth, known!, head, note);
    if (oldSize !== size) return { kind: "conflict", size };
    const grown =
      size === 0
        ? hashes.length === 0 && (head.size > 0 || Buffer.compare(head.root, empty) === 0)
        : verifyConsistency(size, known!.root, head.size, head.root, hashes);
    if (!grown) {
      await this.#evidence(booth, "audit/inconsistent", head.size, note, known!.note);
      throw new KabinaError("audit/inconsistent", { booth, size, offered: head.size });
    }
    return this.#cosign(booth, size, head, note, key, clock.now());
  }

  /**
   * Takes the entries that follow those held, up to the last cosigned head, and holds them against every head on the way; returns how many are
   * held. Throws `audit/entry-malformed`, `audit/range`, `audit/entries-differ`, which leaves evidence.
   */
  async addEntries(booth: string, from: number, lines: readonly Uint8Array[]): Promise<number> {
    const { store } = this.#tools;
    const known = store.boothLogs.find(booth);
    if (!known) throw new KabinaError("audit/key-unknown", { booth });
    // Sent twice, or after a gap: what is held says where to go on.
    if (from !== known.held || lines.length === 0) return known.held;
    if (from + lines.length > known.size)
      throw new KabinaError("audit/range", { index: from + lines.length, size: known.size });
    const tree = GrowingTree.of(known.held, known.peaks);
    let { verified, verifiedPeaks } = known;
    const entries: HeldEntry[] = [];
    for (const line of lines) {
      const { kind, data } = decodeEntry(line, tree.size);
      const sealed = kind === SEALED && typeof data.package === "string" ? data.package : null;
      entries.push({ place: tree.size, line: Buffer.from(line).toString("utf8"), sealed });
      tree.append(leafHash(line));
      const head = store.boothLogs.head(booth, tree.size);
      if (!head) continue;
      if (Buffer.compare(head.root, tree.root()) !== 0) {
        await this.#evidence(booth, "audit/entries-differ", tree.size, head.note, entries.at(-1)!.line);
        await store.commits.commit(() => {
          store.boothLogs.dropEntriesFrom(booth, verified);
          store.boothLogs.hold(booth, { held: verified, peaks: verifiedPeaks, verified, verifiedPeaks });
        });
        throw new KabinaError("audit/entries-differ", { booth, size: tree.size });
      }
      verified = tree.size;
      verifiedPeaks = Buffer.from(tree.peaks());
    }
    await store.commits.commit(() => {
      if (store.boothLogs.find(booth)?.held !== from) return;
      store.boothLogs.addEntries(booth, entries);
      store.boothLogs.hold(booth, { held: tree.size, peaks: Buffer.from(tree.peaks()), verified, verifiedPeaks });
    });
    return store.boothLogs.find(booth)!.held;
  }

  #head(booth: string, note: string, known: BoothLogRecord | undefined): Checkpoint {
    const { origin } = readCheckpoint(readNote(note).text);
    if (origin !== originOf(booth)) throw new KabinaError("audit/origin-unknown", { origin });
    if (!known) throw new KabinaError("audit/key-unknown", { booth });
    const signers: AuditSigners = certifiedSigners(Certificate.fromPem(known.certificates), this.#tools.anchors);
    return verifiedHead(note, signers);
  }

  /** A head of a size that is known must have the root that is known: from a head cosigned, or from the entries held. */
  async #refuseFork(booth: string, known: BoothLogRecord, head: Checkpoint, note: string): Promise<void> {
    const { store } = this.#tools;
    if (head.size > known.size) return;
    const same = store.boothLogs.head(booth, head.size);
    let root: Uint8Array | undefined = same?.root;
    if (!root && head.size <= known.verified) {
      const tree = new GrowingTree();
      for (const line of store.boothLogs.lines(booth, 0, head.size)) tree.append(leafHash(Buffer.from(line)));
      root = tree.root();
    }
    if (!root || Buffer.compare(root, head.root) === 0) return;
    await this.#evidence(booth, "audit/fork", head.size, note, same?.note ?? known.note);
    throw new KabinaError("audit/fork", { booth, size: head.size });
  }

  async #cosign(
    booth: string,
    before: number,
    head: Checkpoint,
    note: string,
    key: PrivateKeyHandle,
    at: Date,
  ): Promise<WitnessAnswer> {
    const { store } = this.#tools;
    const line = await cosign(note, key, at);
    const cosigned = { size: head.size, root: Buffer.from(head.root), note: note + line };
    // Durable before it is told, and only when nobody else has moved it meanwhile.
    const done = await store.commits.commit(() => store.boothLogs.advance(booth, before, cosigned, at.toISOString()));
    return done ? { kind: "cosigned", line } : { kind: "conflict", size: store.boothLogs.find(booth)!.size };
  }

  async #evidence(booth: string, code: string, size: number, note: string, known: string): Promise<void> {
    const { store, clock, onEvidence } = this.#tools;
    const at = clock.now().toISOString();
    const fresh = await store.commits.commit(() => {
      const added = store.boothLogs.addFault({ booth, at, code, size, note, known });
      if (added) store.alarms.insert({ at, booth, code, details: { size } });
      return added;
    });
    if (fresh) onEvidence?.(booth, code, size);
  }
}

export const originOf = (booth: string): string => `kabina/booth/${booth}`;
