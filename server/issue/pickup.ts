/** Pick-up at a booth: the finished chip against what was ordered, over the link. Whoever asks must hold the document: it is found by its portrait. */
import type { PickupAnswer, PickupQuestion } from "../../crypto/delivery/pickup.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { checkAgainstOrder } from "../../mrtd/issue/issue-check.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import type { Store } from "../store/store.ts";

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

/** Throws `mrtd/…` where the question's DG1 is none. */
export async function answerPickup(store: Store, asked: PickupQuestion): Promise<PickupAnswer> {
  const found = store.orders.find([asked.portrait, asked.prints]);
  const record = found && store.cases.find(found.caseId);
  if (!record) return { order: null, checks: [] };
  const mrz = parseDg1(new Uint8Array(Buffer.from(asked.dg1, "base64")));
  const kept = await store.orders.read(record, found.orderId).catch((error: unknown) => {
    // Erased since, as the policy says: then there is nothing to compare with any more.
    if (isCoded(error) && error.code.startsWith("store/")) return undefined;
    throw error;
  });
  if (kept === undefined) return { order: null, checks: [] };
  const held = { 2: asked.portrait, 3: asked.prints };
  const hashes = new Map(
    ([2, 3] as const).flatMap((number) => (held[number] === null ? [] : [[number, bytesOf(held[number])] as const])),
  );
  const checks = checkAgainstOrder(
    { mrz, lds: { hash: asked.hash, hashes } },
    {
      mrz: parseDg1(new Uint8Array(Buffer.from(kept.dg1, "base64"))),
      digest: (number, hash) =>
        bytesOf((number === 2 ? kept.portrait : kept.prints)[hash as keyof typeof kept.prints] ?? ""),
    },
  );
  return {
    order: { orderId: kept.orderId, at: kept.at },
    checks: checks.map(({ check, verdict, reasons }) => {
      if (check !== "holder" && check !== "document" && check !== "portrait" && check !== "prints")
        throw new KabinaError("internal/unexpected", { check });
      return {
        check,
        verdict: verdict === "passed" ? "passed" : "failed",
        reasons: reasons.map(({ code, details }) => ({ code, details: { ...details } })),
      };
    }),
  };
}
