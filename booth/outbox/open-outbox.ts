/** The booth's outbox, put together from its data folder's identity and trust. */
import { join } from "node:path";
import { z } from "zod";
import { anchorsOf, type Trust, tlsAuthorities } from "../../crypto/authority/trust.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { StatusAnswer } from "../../crypto/delivery/answers.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { verifyDecision } from "../../crypto/receipt/decision.ts";
import { readHeartbeat } from "../../crypto/receipt/heartbeat.ts";
import { verifyReceipt } from "../../crypto/receipt/receipt.ts";
import { decodeSigned } from "../../crypto/receipt/signed-document.ts";
import { type AnswerJudge, DeliveryOutbox, type Heartbeat } from "./delivery-outbox.ts";
import { OutboxFolder } from "./folder.ts";
import { IntakeClient } from "./intake-client.ts";
import { OUTBOX_LIMITS, type OutboxLimits } from "./limits.ts";

export interface OpenOutboxOptions {
  /** `<data>/booth` */
  readonly folder: string;
  readonly boothId: string;
  readonly serverUrl: string;
  /** The key for TLS: `booth-identity`, or `booth-tls` where that lies in a token. */
  readonly identity: PrivateKeyHandle;
  /** Asked anew for each answer: a root may follow another. */
  readonly trust: Trust;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly limits?: OutboxLimits;
  /** Whether a certificate of the server's was taken back: what it signed is then not believed. */
  readonly revoked?: (certificate: Certificate, at: Date) => boolean;
  /** The server's signed time, each time it is heard and believed. */
  readonly onHeartbeat?: (heartbeat: Heartbeat) => void;
  /** As in `DeliveryOutboxOptions`. */
  readonly onContact?: (client: IntakeClient, signal: AbortSignal) => Promise<void>;
  /** A failure without a code: for the log. */
  readonly onFault?: (error: unknown) => void;
}

/** Opens the outbox and starts to deliver what waits in it. */
export function openOutbox(options: OpenOutboxOptions): Promise<DeliveryOutbox> {
  const { folder, boothId, serverUrl, identity, trust, revoked, limits = OUTBOX_LIMITS, ...tools } = options;
  return DeliveryOutbox.open({
    ...tools,
    limits,
    folder: new OutboxFolder(join(folder, "outbox")),
    client: new IntakeClient({
      url: serverUrl,
      credentials: identity.tls(),
      authorities: tlsAuthorities(trust, "servers"),
      limits,
    }),
    judge: answerJudge(trust, boothId, revoked),
  });
}

/** Receipts and notices are believed only with a signature under this installation's root, about this booth's own packages. */
function answerJudge(trust: Trust, boothId: string, revoked: OpenOutboxOptions["revoked"]): AnswerJudge {
  const anchors = {
    get anchors() {
      return anchorsOf(trust);
    },
    ...(revoked ? { revoked } : {}),
  };
  return {
    receipt(text, { packageId, sha256, size }) {
      const signed = decodeSigned(Buffer.from(text).toString("utf8"));
      const receipt = verifyReceipt(signed, { packageId, sha256, size, boothId }, anchors);
      if (receipt.outcome !== "stored") throw new KabinaError("outbox/receipt-refusal", { reason: receipt.reason });
      return { receivedAt: new Date(receipt.receivedAt) };
    },
    notices(answer) {
      const parsed = StatusAnswer.safeParse(answer);
      if (!parsed.success) throw new KabinaError("outbox/answer-malformed", { reason: z.prettifyError(parsed.error) });
      const notices = parsed.data.notices.map(({ packageId, notice }) => {
        const { decision: kind, reasons, at } = verifyDecision(decodeSigned(notice), { packageId, boothId }, anchors);
        return { packageId, kind, reasons, at };
      });
      const { after, heartbeat: signed } = parsed.data;
      if (signed === undefined) return { after, notices };
      return { after, notices, heartbeat: { signed, at: readHeartbeat(signed, boothId, anchors) } };
    },
  };
}
