/** The finished chip against the order that the server holds: by what EF.SOD signs, so that prints are compared although nobody has read them. */
import { type PickupAnswer, type PickupQuestion, pickupFormat, pickupHashes } from "../../crypto/delivery/pickup.ts";
import { parseSecurityObject } from "../../mrtd/lds/security-object.ts";
import type { Stage } from "../session/activity.ts";
import type { PickupCheck } from "../session/captures.ts";

export type Answer = Omit<PickupCheck, "check">;
export type AskOrder = (question: PickupQuestion, signal: AbortSignal) => Promise<PickupAnswer>;

export async function sameAsOrdered(stage: Stage, ask: AskOrder): Promise<Answer> {
  const file = (part: string) => {
    const named = stage.session.chip?.files.find((one) => one.part === part);
    return named && stage.blob(named.blob);
  };
  const [sod, dg1] = [file("chip-sod"), file("chip-dg1")];
  if (sod === undefined || dg1 === undefined)
    return { verdict: "not-checked", reasons: [{ code: "pickup/chip-unread", details: {} }] };
  const { lds } = parseSecurityObject(sod);
  const hash = pickupHashes.find((one) => one === lds.hash);
  if (hash === undefined)
    return { verdict: "not-checked", reasons: [{ code: "pickup/order-unasked", details: { reason: lds.hash } }] };
  const hex = (number: 2 | 3) => {
    const signed = lds.hashes.get(number);
    return signed === undefined ? null : Buffer.from(signed).toString("hex");
  };
  const { order, checks } = await ask(
    {
      format: pickupFormat,
      hash,
      portrait: hex(2),
      prints: hex(3),
      dg1: Buffer.from(dg1).toString("base64"),
    },
    stage.signal,
  );
  if (order === null) return { verdict: "not-checked", reasons: [{ code: "pickup/order-unknown", details: {} }] };
  const failed = checks.filter(({ verdict }) => verdict === "failed");
  return { verdict: failed.length > 0 ? "failed" : "passed", reasons: failed.flatMap(({ reasons }) => reasons) };
}
