/**
 * The booths' door: HTTPS with client certificates. Every request is first asked whose it is; then it may offer a package, continue
 * an upload of its own (tus 1.0 core), fetch a receipt, or hear what was decided. docs/formats/upload.md.
 */
import { constants } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { leafOnly } from "../../crypto/authority/trust.ts";
import { INTAKE_PATHS, TLS_SIGNATURES } from "../../crypto/delivery/answers.ts";
import { readOffer } from "../../crypto/delivery/offer.ts";
import { type PickupAnswer, PickupQuestion } from "../../crypto/delivery/pickup.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { answerWitness, witnessStatus } from "../witness/routes.ts";
import type { Witness } from "../witness/witness.ts";
import { answer } from "./answer.ts";
import type { BodyStore } from "./body-store.ts";
import type { ConnectedBooth } from "./booth-identity.ts";
import type { Intake } from "./intake.ts";
import { refusalOf } from "./refusal.ts";
import { readBody } from "./request-body.ts";
import { answerCreation, answerTus, tusMethod } from "./tus.ts";
import { WriterLocks } from "./writer-lock.ts";

export interface IntakeListenerOptions {
  readonly credentials: TlsCredentials;
  /** Whose connection this is; throws `intake/certificate-…`. */
  readonly identify: (socket: TLSSocket) => ConnectedBooth;
  /** DER of the certificate above the one that receipts are signed with. */
  readonly receiptAuthority: () => Uint8Array;
  readonly intake: Intake;
  readonly bodies: BodyStore;
  /** The witness of the booths' audit logs. */
  readonly witness: Witness;
  /** What a finished document at pick-up is beside its order. */
  readonly pickup: (question: PickupQuestion) => Promise<PickupAnswer>;
  /** Notices for a booth after a sequence number, with a heartbeat where it is wanted, as JSON. */
  readonly status: (booth: string, after: number, heartbeat: boolean) => Promise<unknown>;
  /** A failure without a code: for the log. */
  readonly onFault: (error: unknown) => void;
}

const HASH = /^[0-9a-f]{64}$/;

export function createIntakeListener(options: IntakeListenerOptions): Server {
  const { intake, bodies } = options;
  const refuse = (error: unknown) => {
    if (!isCoded(error)) options.onFault(error);
    return refusalOf(error);
  };
  const tus = { intake, bodies, locks: new WriterLocks(), receiptAuthority: options.receiptAuthority };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connected = options.identify(request.socket as TLSSocket);
    const { booth } = connected;
    const { path, query } = addressOf(request);
    const method = tusMethod(request);
    if (method === "POST" && path === INTAKE_PATHS.uploads) return answerCreation(request, response, connected, tus);
    // Booths from before creation with upload offer first, send then, and fetch the receipt by itself.
    if (method === "POST" && path === INTAKE_PATHS.offers) {
      return answer(request, response, 200, await intake.offer(booth, readOffer(await readBody(request))));
    }
    if (method === "GET" && path === INTAKE_PATHS.status) {
      const asked = new URLSearchParams(query);
      const told = await options.status(booth, placeOf(asked.get("after") ?? "0"), asked.has("heartbeat"));
      return answer(request, response, 200, told);
    }
    if (method === "POST" && path === INTAKE_PATHS.orders) {
      return answer(request, response, 200, await options.pickup(readQuestion(await readBody(request))));
    }
    if (path === INTAKE_PATHS.audit || path.startsWith(`${INTAKE_PATHS.audit}/`)) {
      const asked = { method: method ?? "", path: path.slice(INTAKE_PATHS.audit.length), query };
      const reply = await answerWitness(options.witness, booth, asked, () => readBody(request));
      return answer(request, response, reply.status, reply.body, reply.type ? { "content-type": reply.type } : {});
    }
    const slash = path.lastIndexOf("/");
    const [folder, sha256] = [path.slice(0, slash), path.slice(slash + 1)];
    if (HASH.test(sha256)) {
      if (folder === INTAKE_PATHS.uploads && (method === "HEAD" || method === "PATCH")) {
        return answerTus(request, response, method, booth, sha256, tus);
      }
      if (folder === INTAKE_PATHS.receipts && method === "GET") {
        return answer(request, response, 200, await intake.receipt(booth, sha256));
      }
    }
    throw new KabinaError("intake/route-unknown");
  }

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    // Nobody here needs the hour, or to be told that a connection stays: on a thin link every answer counts.
    response.sendDate = false;
    response.removeHeader("connection");
    route(request, response).catch((error) => {
      const { status, body } = refuse(error);
      if (response.headersSent) return response.destroy();
      // What is still being sent is not wanted: the connection ends with the answer.
      if (!request.complete) response.setHeader("connection", "close");
      answer(request, response, witnessStatus(error) ?? status, body);
    });
  };

  const server = createServer(
    {
      ...intakeSecrets(options.credentials),
      requestCert: true,
      // Without a valid certificate a booth gets no further than `identify`, which refuses it with a code that an engineer
      // can read; TLS itself would only hang up.
      rejectUnauthorized: false,
      // A thin link takes as long as it takes: silence is limited, duration is not.
      requestTimeout: 0,
      headersTimeout: 60_000,
      keepAliveTimeout: 120_000,
      maxHeaderSize: 8 << 10,
    },
    handle,
  );
  server.on("checkContinue", (request, response) => {
    // Where an upload is created, the offer is judged first.
    if (request.url !== INTAKE_PATHS.uploads) response.writeContinue();
    handle(request, response);
  });
  server.maxConnections = SERVER_LIMITS.connections;
  server.setTimeout(SERVER_LIMITS.intakeIdleMs);
  return server;
}

/** What the door shows; also when its key has been replaced while it is open. */
export const intakeSecrets = (credentials: TlsCredentials) => ({
  ...leafOnly(credentials),
  // A ticket carries the booth's certificate back and forth: on a thin link a full handshake is smaller, and it judges anew.
  secureOptions: constants.SSL_OP_NO_TICKET,
  // `identify` judges certificates. TLS is told of no authority: it would name them all to every booth that comes.
  ca: [],
  minVersion: "TLSv1.3" as const,
  sigalgs: TLS_SIGNATURES,
});

/** The number of a decision that a booth already has. Anything else would hand all of them out again. */
function placeOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new KabinaError("intake/protocol", { status: 400 });
}

function readQuestion(bytes: Buffer): PickupQuestion {
  try {
    return PickupQuestion.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new KabinaError("pickup/question-malformed", {}, { cause });
  }
}

/** The path, and what is asked; a whole URL, as proxies write it, is no address of ours. */
function addressOf({ url = "/" }: IncomingMessage): { path: string; query: string } {
  const at = url.indexOf("?");
  return at < 0 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
}
