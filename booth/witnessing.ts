/**
 * Has the server witness the booth's audit log: the head goes there with the proof that the log has only grown, comes back cosigned, and the
 * entries follow. It happens when there is a link anyway; what a booth without one signed meanwhile is witnessed later, or by a courier
 * (`kabina audit carry`).
 */
import { verifyCosignature } from "../crypto/audit/cosignature.ts";
import { certifiedSigners } from "../crypto/audit/verify.ts";
import { anchorsOf, type Trust } from "../crypto/authority/trust.ts";
import { Certificate } from "../crypto/certificate/certificate.ts";
import { WitnessStanding } from "../crypto/delivery/answers.ts";
import type { Clock } from "../crypto/environment.ts";
import { isCoded, KabinaError } from "../crypto/errors/kabina-error.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { IntakeClient } from "./outbox/intake-client.ts";

/** Milliseconds between two visits to the witness, and requests with entries in one visit. */
const EVERY_MS = 10_000;
const BATCHES = 4;

export interface WitnessingTools {
  readonly trail: AuditTrail;
  readonly trust: Trust;
  readonly clock: Clock;
}

export class Witnessing {
  readonly #tools: WitnessingTools;
  #nextMs = Number.NEGATIVE_INFINITY;
  /** Entries that the server holds, as it said last. */
  #held = -1;

  constructor(tools: WitnessingTools) {
    this.#tools = tools;
  }

  /** Does what is due. Throws `audit/cut-back`, `audit/fork`, `audit/inconsistent` and the like: what the officer must hear of. */
  async contact(client: Pick<IntakeClient, "witness">, signal: AbortSignal): Promise<void> {
    const { trail, clock } = this.#tools;
    await trail.settled();
    const head = trail.head;
    if (!head || clock.monotonic() < this.#nextMs) return;
    if ((await trail.cosigned()) === head.size && this.#held === head.size) return;
    this.#nextMs = clock.monotonic() + EVERY_MS;
    const ask = async (below: string, body?: string | Uint8Array) =>
      WitnessStanding.parse(JSON.parse((await client.witness(below, signal, body)).toString("utf8")));
    let standing = await ask("");
    if (standing.size > head.size)
      throw new KabinaError("audit/cut-back", { size: head.size, cosigned: standing.size });
    // The head from above: the log may have grown while the server answered, and what comes back is for what was shown.
    const submit = () => client.witness("/add-checkpoint", signal, trail.addition(standing.size, head));
    const line = await submit().catch(async (error) => {
      if (!isCoded(error) || !unknownKey.has(error.code)) throw error;
      await ask("/certificates", await trail.certificates());
      return submit();
    });
    await this.#keep(head.note + line.toString("utf8"), standing);
    for (let batch = 0; batch < BATCHES && standing.held < head.size; batch++) {
      const lines = await trail.lines(standing.held, head.size);
      if (lines.length === 0) break;
      standing = await ask(`/entries?from=${standing.held}`, lines);
    }
    this.#held = standing.held;
  }

  async #keep(note: string, { certificates }: WitnessStanding): Promise<void> {
    const all = Certificate.fromPem(certificates);
    const { witnesses } = certifiedSigners(all, anchorsOf(this.#tools.trust));
    if (!verifyCosignature(note, witnesses)) throw new KabinaError("audit/cosignature", {});
    await this.#tools.trail.keepCosigned(note, all);
  }
}

/** The server has not heard of the key that signed: it is told, once. */
const unknownKey: ReadonlySet<string> = new Set(["audit/key-unknown", "audit/checkpoint-signature"]);
