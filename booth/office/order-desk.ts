/** Asks the server at pick-up whether a finished chip is what was ordered. On a connection of its own: an upload on a thin link would keep it waiting. */
import { type Trust, tlsAuthorities } from "../../crypto/authority/trust.ts";
import { PickupAnswer, type PickupQuestion } from "../../crypto/delivery/pickup.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { IntakeClient } from "../outbox/intake-client.ts";
import { OUTBOX_LIMITS } from "../outbox/limits.ts";

/** Milliseconds that the person waits for an answer; after that the passport is "not compared". */
const ANSWER_MS = 10_000;

export interface OrderDeskOptions {
  readonly serverUrl: string;
  readonly identity: Pick<PrivateKeyHandle, "tls">;
  readonly trust: Trust;
}

export class OrderDesk {
  readonly #options: OrderDeskOptions;

  constructor(options: OrderDeskOptions) {
    this.#options = options;
  }

  /** Throws `pickup/order-unreachable`, `pickup/order-unasked`. */
  async ask(question: PickupQuestion, signal: AbortSignal): Promise<PickupAnswer> {
    const { serverUrl: url, identity, trust } = this.#options;
    const authorities = tlsAuthorities(trust, "servers");
    const client = new IntakeClient({ url, credentials: identity.tls(), authorities, limits: OUTBOX_LIMITS });
    const patience = AbortSignal.timeout(ANSWER_MS);
    try {
      return PickupAnswer.parse(await client.order(question, AbortSignal.any([signal, patience])));
    } catch (cause) {
      const reason = patience.aborted ? "outbox/link-silent" : isCoded(cause) ? cause.code : "outbox/answer-malformed";
      const isLink = reason.startsWith("outbox/") || reason.startsWith("internal/");
      throw new KabinaError(isLink ? "pickup/order-unreachable" : "pickup/order-unasked", { reason }, { cause });
    } finally {
      client.close();
    }
  }
}
