/** Decided cases put straight into a server's store, with what is proved of their time; for tests of what comes afterwards. */
import { createHash } from "node:crypto";
import type { DeviceIdentity } from "../../../crypto/device/device.ts";
import type { Place } from "../../../crypto/package/manifest.ts";
import type { Store } from "../../../server/store/store.ts";

const day = 86_400_000; // ms
export const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const uuid = (n: number) => `0b6d9c8e-6a52-4f0e-9d7e-${String(n).padStart(12, "0")}`;
const sensor: DeviceIdentity = {
  ...{ kind: "fingerprint", maker: "Acme", model: "F-10", serial: "AC-1", certificateSha256: null },
};

export interface ReceivedCase {
  readonly certificateSha256: string;
  /** When it says that it was sealed, when it came, and the last heartbeat in it: days before now. */
  readonly sealed: number;
  readonly received: number;
  readonly heartbeat: number | null;
  readonly caseId?: string;
  readonly place?: Place;
  /** Who accepted it. */
  readonly operator?: string;
  /** The policy that its manifest names. */
  readonly policyHash?: string;
}

/** The number of the case; `n`: its place in the booth's line. */
export function receiveCase(store: Store, n: number, given: ReceivedCase): string {
  const { certificateSha256, sealed, received, heartbeat, caseId = `case-${n}`, operator, place, policyHash } = given;
  const manifest = {
    createdAt: ago(sealed),
    place: place ?? { office: { id: "office-1", name: "Office 1" } },
    policyHash,
  };
  store.database
    .prepare("INSERT INTO package VALUES (?, ?, 'booth-1', 1, ?, x'00', ?)")
    .run(sha256(caseId), uuid(n), JSON.stringify(manifest), ago(received));
  store.cases.insert(caseId, sha256(caseId), ago(received));
  store.cases.change(caseId, ago(received), { state: "accepted", risk: "low" }, "added");
  store.seals.put({
    ...{ packageSha256: sha256(caseId), booth: "booth-1", certificateSha256, chain: uuid(99), counter: n },
    ...{ manifestSha256: sha256(`manifest ${n}`), previous: n === 0 ? null : sha256(`manifest ${n - 1}`) },
    ...{ claimedAt: ago(sealed), afterAt: heartbeat === null ? null : ago(heartbeat), reckonedAt: null },
  });
  store.devices.put(caseId, [sensor]);
  if (operator !== undefined) {
    const at = ago(received);
    const decision = { kind: "accept" } as const;
    store.decisions.insert({ caseId, decision, operator, decidedAt: at, undoUntil: at, stateBefore: "waiting" });
    store.decisions.finish(caseId);
  }
  return caseId;
}
