/**
 * The booth's side of the intake (docs/formats/upload.md): offers, the body by tus, receipts and decisions, all over one TLS
 * connection that both ends know each other on, resumed where the link was cut.
 */
import { createReadStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { TLSSocket } from "node:tls";
import { deflateSync, inflateSync } from "node:zlib";
import { DefaultHttpStack, Upload } from "tus-js-client";
import { leafOnly } from "../../crypto/authority/trust.ts";
import { INTAKE_PATHS, IntakeRefusal, OfferAnswer } from "../../crypto/delivery/answers.ts";
import { type Offer, writeOffer } from "../../crypto/delivery/offer.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import type { OutboxLimits } from "./limits.ts";

export interface IntakeClientOptions {
  /** Where the intake is: `https://host:port`. */
  readonly url: string;
  readonly credentials: TlsCredentials;
  /** PEM of the authorities that the server's certificate must come from. */
  readonly authorities: readonly string[];
  /** The name in the server's certificate, where it is not the host of the URL. */
  readonly serverName?: string;
  readonly limits: OutboxLimits;
}

/** A refusal of the server, in its own words. */
export class Refused extends KabinaError {
  readonly permanent: boolean;

  constructor({ error }: IntakeRefusal) {
    super(error.code, error.details);
    this.permanent = error.permanent;
  }
}

/** Bytes of a TLS record: with a cut every 240 KB, as on a 64 kbit/s link every 30 s, 22 bytes a record and half a record a cut cost least here. */
const RECORD_BYTES = 3072;

/** Bytes of an answer that the booth reads at most. */
const LARGEST_ANSWER = 1 << 20;

/**
 * Connections for a thin link. They send small TLS records: what the server has of a record when the link is cut is lost with it,
 * so a large one wastes more than the headers of small ones cost. And they make no use of TLS sessions: a ticket is larger than
 * the handshake that it saves.
 */
class ThinLinkAgent extends Agent {
  override createConnection(...given: Parameters<Agent["createConnection"]>): ReturnType<Agent["createConnection"]> {
    const socket = super.createConnection(...given);
    if (socket instanceof TLSSocket) socket.setMaxSendFragment(RECORD_BYTES);
    return socket;
  }
}

export class IntakeClient {
  readonly #url: string;
  readonly #agent: ThinLinkAgent;
  readonly #limits: OutboxLimits;

  constructor(options: IntakeClientOptions) {
    this.#limits = options.limits;
    this.#url = options.url.replace(/\/$/, "");
    this.#agent = new ThinLinkAgent({
      keepAlive: true,
      maxSockets: 1,
      maxCachedSessions: 0,
      minVersion: "TLSv1.3",
      ca: [...options.authorities],
      ...leafOnly(options.credentials),
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    });
  }

  /** @throws Refused, or `outbox/…` when the link or the server's certificate is at fault */
  async offer(offer: Offer, signal: AbortSignal): Promise<OfferAnswer> {
    const bytes = await this.#ask("POST", INTAKE_PATHS.offers, signal, deflateSync(writeOffer(offer)));
    return OfferAnswer.parse(JSON.parse(bytes.toString("utf8")));
  }

  /** The receipt, as the server signed it. */
  receipt(sha256: string, signal: AbortSignal): Promise<Buffer> {
    return this.#ask("GET", `${INTAKE_PATHS.receipts}/${sha256}`, signal);
  }

  /** What was decided after the notice numbered `after`; `heartbeat`: with the server's signed time. */
  async status(after: number, heartbeat: boolean, signal: AbortSignal): Promise<unknown> {
    const query = `?after=${after}${heartbeat ? "&heartbeat" : ""}`;
    const bytes = await this.#ask("GET", `${INTAKE_PATHS.status}${query}`, signal);
    return JSON.parse(bytes.toString("utf8"));
  }

  /** Asks, or tells, the witness of this booth's audit log; `below` its address (`/add-checkpoint`). */
  witness(below: string, signal: AbortSignal, body?: string | Uint8Array): Promise<Buffer> {
    const path = `${INTAKE_PATHS.audit}${below}`;
    return body === undefined ? this.#ask("GET", path, signal) : this.#ask("POST", path, signal, deflateSync(body));
  }

  /**
   * Sends what the server does not have yet: HEAD for the durable offset, PATCH from there. `onOffset` hears of every offset that
   * the server calls durable. Resolves when the server has it all.
   */
  body(
    path: string,
    sha256: string,
    size: number,
    onOffset: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const source = createReadStream(path);
      const end = (settle: () => void) => {
        clearTimeout(deadline);
        signal.removeEventListener("abort", onAbort);
        source.destroy();
        settle();
      };
      const upload = new Upload(source, {
        uploadUrl: `${this.#url}${INTAKE_PATHS.uploads}/${sha256}`,
        uploadSize: size,
        chunkSize: this.#limits.requestBytes,
        // The outbox decides when to try again.
        retryDelays: null,
        storeFingerprintForResuming: false,
        httpStack: new DefaultHttpStack({ agent: this.#agent }),
        onAfterResponse: (request, response) => {
          if (request.getMethod() === "HEAD") onOffset(Number(response.getHeader("Upload-Offset") ?? 0));
        },
        onChunkComplete: (_chunk, accepted) => {
          onOffset(accepted);
          deadline.refresh();
        },
        onSuccess: () => end(resolve),
        onError: (error) => {
          const answer = "originalResponse" in error ? error.originalResponse : null;
          const cause = "causingError" in error ? error.causingError : error;
          end(() => reject(answer ? refusalFrom(answer.getStatus(), answer.getBody()) : linkFailure(cause)));
        },
      });
      const stop = (reason: unknown) => {
        void upload.abort();
        end(() => reject(reason));
      };
      const onAbort = () => stop(signal.reason);
      signal.addEventListener("abort", onAbort);
      // A dead link may never say so: what takes longer than the slowest link is given up, and tried again.
      const longest = this.#limits.answerMs + (this.#limits.requestBytes / this.#limits.slowestBytesPerSecond) * 1000;
      const deadline = setTimeout(() => {
        this.disconnect();
        stop(new KabinaError("outbox/link-silent"));
      }, longest);
      source.on("error", (error) => stop(error));
      if (signal.aborted) onAbort();
      else upload.start();
    });
  }

  /** A renewed certificate: from now on the booth connects with it. */
  identify(credentials: TlsCredentials): void {
    Object.assign(this.#agent.options, leafOnly(credentials));
    this.disconnect();
  }

  /** Ends open connections; the next request makes a new one. */
  disconnect(): void {
    for (const sockets of Object.values(this.#agent.sockets)) for (const socket of sockets ?? []) socket.destroy();
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.disconnect();
    this.#agent.destroy();
  }

  #ask(method: "GET" | "POST", path: string, signal: AbortSignal, body?: Buffer): Promise<Buffer> {
    const longest = this.#limits.answerMs + ((body?.length ?? 0) / this.#limits.slowestBytesPerSecond) * 1000;
    return new Promise((resolve, reject) => {
      const headers = body
        ? { "content-length": body.length, "content-encoding": "deflate" }
        : { "accept-encoding": "deflate" };
      const asking = request(`${this.#url}${path}`, { agent: this.#agent, method, headers, signal });
      const deadline = setTimeout(() => asking.destroy(new KabinaError("outbox/link-silent")), longest);
      let answered = false;
      asking.on("response", (response) => {
        answered = true;
        read(response).then((bytes) => {
          if (response.statusCode === 200) resolve(bytes);
          else reject(refusalFrom(response.statusCode ?? 0, bytes.toString("utf8")));
        }, reject);
      });
      asking.on("error", (error) => reject(linkFailure(error)));
      asking.on("close", () => {
        clearTimeout(deadline);
        // Where an answer has begun, reading it says how it ended.
        if (!answered) reject(new KabinaError("outbox/link-cut"));
      });
      asking.end(body);
    });
  }
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      length += (chunk as Buffer).length;
      if (length > LARGEST_ANSWER) throw new KabinaError("outbox/answer-malformed");
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw linkFailure(error);
  }
  const bytes = Buffer.concat(chunks);
  if (response.headers["content-encoding"] !== "deflate") return bytes;
  try {
    return inflateSync(bytes, { maxOutputLength: LARGEST_ANSWER });
  } catch (cause) {
    throw new KabinaError("outbox/answer-malformed", {}, { cause });
  }
}

/** What a non-200 answer says; an answer that is not the intake's own (a captive portal, a proxy) is a fault of the link. */
function refusalFrom(status: number, body: string): Error {
  try {
    return new Refused(IntakeRefusal.parse(JSON.parse(body)));
  } catch {
    // HEAD has no body: 404 and 507 must speak by their status.
    if (status === 404) return new KabinaError("intake/upload-unknown");
    return new KabinaError("outbox/answer-malformed", { status });
  }
}

/** Which certificate fault it was: the difference between calling the network engineer and setting the clock. */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "outbox/server-certificate-time",
  CERT_NOT_YET_VALID: "outbox/server-certificate-time",
  ERR_TLS_CERT_ALTNAME_INVALID: "outbox/server-certificate-foreign",
  DEPTH_ZERO_SELF_SIGNED_CERT: "outbox/server-certificate-foreign",
  SELF_SIGNED_CERT_IN_CHAIN: "outbox/server-certificate-foreign",
  UNABLE_TO_GET_ISSUER_CERT: "outbox/server-certificate-foreign",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "outbox/server-certificate-foreign",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "outbox/server-certificate-foreign",
};

function linkFailure(error: unknown): Error {
  if (error instanceof KabinaError) return error;
  if ((error as { name?: unknown } | null)?.name === "AbortError") return error as Error;
  const code = String((error as { code?: unknown } | null)?.code ?? "unknown");
  return new KabinaError(CERTIFICATE_FAULTS[code] ?? "outbox/link-cut", { reason: code }, { cause: error });
}
