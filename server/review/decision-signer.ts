/** Puts decisions into the audit log, once each, and signs their notices for the booths. */

import { type AuditEntry, decodeEntry } from "../../crypto/audit/entry.ts";
import { readLines } from "../../crypto/audit/file.ts";
import { AuditLog } from "../../crypto/audit/log.ts";
import { inclusionProof } from "../../crypto/audit/merkle.ts";
import { writeAddition, writeInclusionProof } from "../../crypto/audit/proof-file.ts";
import { searchLog } from "../../crypto/audit/search.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { signDecision } from "../../crypto/receipt/decision.ts";
import { encodeSigned } from "../../crypto/receipt/signed-document.ts";
import type { ServerKeys } from "../keys.ts";
import type { RegisterEvent } from "../register/records.ts";
import type { DecisionRecord } from "../store/decisions.ts";
import type { WitnessedLog } from "../witness/own-log.ts";
import type { DecisionSigner } from "./decisions.ts";

/** The first line of this log's checkpoints. */
const ORIGIN = "kabina-server-audit";
const DECIDED = "case.decided";

export interface AuditedSigner extends DecisionSigner {
  /** Events of the register that are in the log already. */
  readonly lastEvent: number;
  /** Puts events of the register into the log, in order, under one checkpoint. */
  record(events: readonly RegisterEvent[]): Promise<void>;
  /** Entries under the last checkpoint that have `text` in them, each proven, and what they were proven under. */
  search(text: string, limit: number): Promise<SignedSearch>;
  /** The proof of one entry under the last checkpoint, as a file. Throws `audit/range`. */
  prove(index: number): Promise<string>;
  /** The log as its witnesses see it. */
  readonly witnessed: WitnessedLog;
  /** Another key signs the log from now on. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export interface SignedSearch {
  readonly verified: { readonly entries: number; readonly root: string; readonly unsigned: number };
  readonly entries: AuditEntry[];
}

export async function openDecisionSigner(path: string, keys: ServerKeys, clock: Clock): Promise<AuditedSigner> {
  const log = await AuditLog.open(path, { origin: ORIGIN, key: keys.audit, clock, mayBlock: true });
  // An empty log is signed too, so that an export before the first decision can be verified.
  if (log.size === 0) await log.checkpoint();
  // A crash may have come between the entry and the store's commit: what is in the log is not written again.
  const { decisions: written, lastEvent } = await alreadyIn(path);
  return {
    lastEvent,
    async record(events) {
      for (const { sequence, by, kind, subject, at, data } of events)
        await log.append(kind, { ...data, event: sequence, by, subject, happened: at });
      await log.checkpoint();
    },
    async audit(decision, of) {
      if (written.has(keyOf(decision.caseId, decision.decidedAt))) return;
      await log.append(DECIDED, {
        case: decision.caseId,
        package: of.packageId,
        packageSha256: of.sha256,
        booth: of.booth,
        operator: decision.operator,
        decision: decision.decision.kind,
        reasons: reasonsOf(decision).join(" "),
        ...overrideOf(decision),
        decidedAt: decision.decidedAt,
      });
      await log.checkpoint();
      written.add(keyOf(decision.caseId, decision.decidedAt));
    },
    async notice(decision, of) {
      const about = { packageId: of.packageId, boothId: of.booth };
      const content = { ...about, decision: decision.decision.kind, reasons: reasonsOf(decision) };
      return Buffer.from(encodeSigned(await signDecision(content, new Date(decision.decidedAt), keys.receipt)));
    },
    async search(text, limit) {
      const tree = log.signed!;
      const entries = await searchLog(path, tree, text, limit);
      const root = Buffer.from(tree.root).toString("base64");
      return { verified: { entries: tree.size, root, unsigned: log.size - tree.size }, entries };
    },
    async prove(index) {
      const { leaves, size } = log.signed!;
      const hashes = inclusionProof(leaves, index, size);
      const { note } = log.head!;
      let place = 0;
      for await (const { line: entry } of readLines(path))
        if (place++ === index) return writeInclusionProof({ index, entry, hashes, note });
      throw new KabinaError("audit/rewritten", { size });
    },
    witnessed: {
      addition(since) {
        const { note, size } = log.head!;
        const oldSize = since > size ? 0 : since;
        const hashes = oldSize === 0 ? [] : log.consistencyProof(oldSize, size);
        return writeAddition({ oldSize, hashes, note });
      },
      holds: (size, root) => size <= log.size && Buffer.compare(log.rootOf(size), root) === 0,
    },
    async follow() {
      await log.signWith(keys.audit);
      // Under the new key at once: whoever verifies sees it take over.
      await log.checkpoint();
    },
    close: () => log.close(),
  };
}

function reasonsOf({ decision }: DecisionRecord): string[] {
  return decision.kind === "retake" ? [...decision.reasons] : [];
}

/** Why a portrait was taken although measures of it failed, and which. */
function overrideOf({ decision }: DecisionRecord): Record<string, string> {
  if (decision.kind !== "accept" || decision.override === undefined) return {};
  return { override: decision.override, overridden: (decision.overridden ?? []).join(" ") };
}

async function alreadyIn(path: string): Promise<{ decisions: Set<string>; lastEvent: number }> {
  const decisions = new Set<string>();
  let lastEvent = 0;
  let index = 0;
  for await (const { line } of readLines(path)) {
    const { kind, data } = decodeEntry(line, index++);
    if (kind === DECIDED) decisions.add(keyOf(String(data.case), String(data.decidedAt)));
    if (typeof data.event === "number") lastEvent = Math.max(lastEvent, data.event);
  }
  return { decisions, lastEvent };
}

const keyOf = (caseId: string, decidedAt: string): string => `${caseId} ${decidedAt}`;
