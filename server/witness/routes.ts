/** The witness's part of the booths' door, below `/intake/audit`: statuses and types as C2SP tlog-witness has them. */
import type { WitnessStanding } from "../../crypto/delivery/answers.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Witness } from "./witness.ts";

export interface WitnessReply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const STATUSES: Readonly<Record<string, number>> = {
  "audit/origin-unknown": 404,
  "audit/key-unknown": 403,
  "audit/checkpoint-signature": 403,
  "audit/checkpoint-malformed": 400,
  "audit/proof-malformed": 400,
  "audit/cosignature": 403,
  "audit/inconsistent": 422,
  "audit/fork": 422,
};

/** `path` below the prefix. Throws `intake/route-unknown`, and what the witness throws. */
export async function answerWitness(
  witness: Witness,
  booth: string,
  request: { readonly method: string; readonly path: string; readonly query: string },
  readBody: () => Promise<Buffer>,
): Promise<WitnessReply> {
  switch (`${request.method} ${request.path}`) {
    case "GET ":
      return json(witness.standing(booth));
    case "GET /server": {
      const since = Number.parseInt(new URLSearchParams(request.query).get("since") ?? "", 10);
      if (!Number.isSafeInteger(since) || since < 0) throw new KabinaError("intake/route-unknown");
      return { status: 200, type: "text/plain; charset=utf-8", body: Buffer.from(witness.ownAddition(since)) };
    }
    case "POST /server/cosignature":
      await witness.takeCosignature(booth, (await readBody()).toString("utf8"));
      return json(witness.standing(booth));
    case "POST /certificates":
      await witness.certify(booth, (await readBody()).toString("utf8"));
      return json(witness.standing(booth));
    case "POST /entries": {
      const from = Number.parseInt(new URLSearchParams(request.query).get("from") ?? "", 10);
      if (!Number.isSafeInteger(from)) throw new KabinaError("intake/route-unknown");
      await witness.addEntries(booth, from, linesOf(await readBody()));
      return json(witness.standing(booth));
    }
    case "POST /add-checkpoint": {
      const answer = await witness.addCheckpoint(booth, (await readBody()).toString("utf8"));
      return answer.kind === "cosigned"
        ? { status: 200, type: "text/plain; charset=utf-8", body: Buffer.from(answer.line) }
        : { status: 409, type: "text/x.tlog.size", body: Buffer.from(`${answer.size}\n`) };
    }
    default:
      throw new KabinaError("intake/route-unknown");
  }
}

/** The status for a refusal of the witness; undefined for any other. */
export const witnessStatus = (error: unknown): number | undefined =>
  isCoded(error) ? STATUSES[error.code] : undefined;

const json = (value: WitnessStanding): WitnessReply => ({
  status: 200,
  type: "application/json",
  body: Buffer.from(JSON.stringify(value)),
});

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let at = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  if (at !== bytes.length) throw new KabinaError("audit/entry-malformed", { index: lines.length });
  return lines;
}
