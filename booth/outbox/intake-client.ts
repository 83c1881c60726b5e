/**
 * The booth's side of the intake (docs/formats/upload.md): offers, the body by tus, receipts and decisions, all over one TLS
 * connection that both ends know each other on, resumed where the link was cut.
 */
import { open } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import { deflateSync, inflateSync } from "node:zlib";
import { leafOnly } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import {
  IMPLIED_CODING,
  INTAKE_PATHS,
  IntakeRefusal,
  OFFERED_CODING,
  RECEIPT_CODING,
  TLS_SIGNATURES,
  WITH_RECEIPT,
} from "../../crypto/delivery/answers.ts";
import { type Offer, prefixedOffer } from "../../crypto/delivery/offer.ts";
import { unpackReceipt } from "../../crypto/delivery/packed-receipt.ts";
import type { PickupQuestion } from "../../crypto/delivery/pickup.ts";
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
/** The same where the link is not thin: the largest there are. */
const WIDE_RECORD_BYTES = 16 << 10;
/** A link is taken for wide that has brought across so many bytes, at so many a second, answer included. */
const WIDE = { bytes: 64 << 10, bytesPerSecond: 100_000 } as const;

/** The groups that the intake's keys are agreed in; naming others costs bytes in every handshake. */
const TLS_GROUPS = "X25519:P-256";

/** Bytes that are read of a package at once: full records of either kind but for a few bytes. */
const PIECE_BYTES = 21 * RECORD_BYTES;

const TUS = { "tus-resumable": "1.0.0" } as const;
const DEFLATE = { "accept-encoding": "deflate" } as const;
const DEFLATED = { headers: DEFLATE } as const;
/** Of a request that brings bytes of a package; the answer to the last one brings the receipt. */
const bodyHeaders = (coding: string) =>
  ({
    ...TUS,
    "accept-encoding": `deflate, ${RECEIPT_CODING}`,
    "content-type": "application/offset+octet-stream",
    "content-encoding": coding,
  }) as const;

/** Bytes of a file from `start` to before `end`. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A package's file, and what the server cannot write of it by itself. */
export interface PackageFile {
  readonly path: string;
  readonly stretches: readonly Stretch[];
}

/** How far an upload has come, and the receipt where that is its end. */
export interface Reached {
  readonly offset: number;
  readonly receipt?: Buffer;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Sent at once; the body follows when the server says 100 (Continue), which `onContinue` hears of. */
  readonly ahead?: Buffer;
  readonly onContinue?: () => void;
  /** A file's stretch is read as the link takes it. */
  readonly body?: Buffer | Readable;
  /** Bytes of the body, without what goes ahead of it. */
  readonly length?: number;
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

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

/** What a connection has shown of its link: small records on a thin one, large ones, which cost both sides less work, on a wide one. */
function fitRecords(socket: unknown, bytes: number, ms: number): void {
  if (!(socket instanceof TLSSocket) || bytes < WIDE.bytes) return;
  socket.setMaxSendFragment((bytes / ms) * 1000 >= WIDE.bytesPerSecond ? WIDE_RECORD_BYTES : RECORD_BYTES);
}

export class IntakeClient {
  readonly #url: string;
  readonly #agent: ThinLinkAgent;
  readonly #limits: OutboxLimits;
  /** DER of the booth's certificate and its authority's, which the server has; empty once it has turned out that it has others. */
  #shared: readonly Uint8Array[];
  /** DER of the authorities that may stand above the server's certificates. */
  #authorities: readonly Uint8Array[];

  constructor(options: IntakeClientOptions) {
    this.#shared = sharedOf(options.credentials);
    this.#authorities = derOf(options.authorities.join(""));
    this.#limits = options.limits;
    this.#url = options.url.replace(/\/$/, "");
    this.#agent = new ThinLinkAgent({
      keepAlive: true,
      maxSockets: 1,
      maxCachedSessions: 0,
      minVersion: "TLSv1.3",
      sigalgs: TLS_SIGNATURES,
      ecdhCurve: TLS_GROUPS,
      ca: [...options.authorities],
      ...leafOnly(options.credentials),
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    });
  }

  /**
   * Offers a package and, when the server has accepted that (`onAccepted`), sends what fits into the same request.
   * @throws Refused, or `outbox/…` when the link or the server's certificate is at fault
   */
  async create(offer: Offer, file: PackageFile, onAccepted: () => void, signal: AbortSignal): Promise<Reached> {
    try {
      return await this.#create(offer, file, onAccepted, signal);
    } catch (error) {
      const unread =
        error instanceof Refused && error.code === "delivery/offer-malformed" && error.details.reason === "deflate";
      if (!unread || this.#shared.length === 0) throw error;
      // A server from before certificates were left out, or one that has another than ours of the authority.
      this.#shared = [];
      return this.#create(offer, file, onAccepted, signal);
    }
  }

  async #create(offer: Offer, file: PackageFile, onAccepted: () => void, signal: AbortSignal): Promise<Reached> {
    const ahead = prefixedOffer(offer, this.#shared);
    const first = firstOf(file.stretches, 0, this.#limits.requestBytes);
    const answer = await this.#ask("POST", INTAKE_PATHS.uploads, signal, {
      headers: { ...bodyHeaders(OFFERED_CODING), "upload-length": offer.packageBytes },
      ahead,
      onContinue: onAccepted,
      body: Readable.from(bytesOf(file.path, first), { objectMode: false }),
      length: lengthOf(first),
    });
    return reachedBy(answer);
  }

  /** The receipt, as the server signed it. */
  async receipt(sha256: string, signal: AbortSignal): Promise<Buffer> {
    return (await this.#ask("GET", `${INTAKE_PATHS.receipts}/${sha256}`, signal, DEFLATED)).bytes;
  }

  /** What was decided after the notice numbered `after`; `heartbeat`: with the server's signed time. */
  async status(after: number, heartbeat: boolean, signal: AbortSignal): Promise<unknown> {
    const query = `?after=${after}${heartbeat ? "&heartbeat" : ""}`;
    const { bytes } = await this.#ask("GET", `${INTAKE_PATHS.status}${query}`, signal, DEFLATED);
    return JSON.parse(bytes.toString("utf8"));
  }

  /** What a finished document at pick-up is beside its order; as the server says it. */
  async order(question: PickupQuestion, signal: AbortSignal): Promise<unknown> {
    const { bytes } = await this.#tell(INTAKE_PATHS.orders, signal, deflateSync(JSON.stringify(question)));
    return JSON.parse(bytes.toString("utf8"));
  }

  /** Asks, or tells, the witness of this booth's audit log; `below` its address (`/add-checkpoint`). */
  async witness(below: string, signal: AbortSignal, body?: string | Uint8Array): Promise<Buffer> {
    const path = `${INTAKE_PATHS.audit}${below}`;
    if (body === undefined) return (await this.#ask("GET", path, signal, DEFLATED)).bytes;
    return (await this.#tell(path, signal, deflateSync(body))).bytes;
  }

  /**
   * Sends what the server does not have yet of a file's stretches: PATCH by PATCH from the durable offset, which HEAD tells where no
   * answer of this connection has (`from`). `onOffset` hears of every offset that the server calls durable.
   * @returns the receipt, unless the server had everything before
   */
  async body(
    { path, stretches }: PackageFile,
    sha256: string,
    from: number | undefined,
    onOffset: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const upload = `${INTAKE_PATHS.uploads}/${sha256}`;
    let reached: Reached =
      from === undefined ? reachedBy(await this.#ask("HEAD", upload, signal, { headers: TUS })) : { offset: from };
    for (;;) {
      onOffset(reached.offset);
      const { offset } = reached;
      const now = firstOf(stretches, offset, this.#limits.requestBytes);
      if (now.length === 0) return reached.receipt;
      const answer = await this.#ask("PATCH", upload, signal, {
        headers: { ...bodyHeaders(IMPLIED_CODING), prefer: WITH_RECEIPT, "upload-offset": offset },
        body: Readable.from(bytesOf(path, now), { objectMode: false }),
        length: lengthOf(now),
      });
      reached = reachedBy(answer);
      if (reached.offset <= offset) throw new KabinaError("outbox/answer-malformed");
    }
  }

  /** A renewed certificate: from now on the booth connects with it. */
  identify(credentials: TlsCredentials, authorities?: readonly string[]): void {
    Object.assign(this.#agent.options, leafOnly(credentials), authorities && { ca: [...authorities] });
    this.#shared = sharedOf(credentials);
    if (authorities) this.#authorities = derOf(authorities.join(""));
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

  #tell(path: string, signal: AbortSignal, deflated: Buffer): Promise<Answer> {
    const headers = { "content-encoding": "deflate" };
    return this.#ask("POST", path, signal, { headers, body: deflated, length: deflated.length });
  }

  #ask(method: string, path: string, signal: AbortSignal, asked: Asked = {}): Promise<Answer> {
    const { ahead, onContinue, body } = asked;
    const length = (asked.length ?? 0) + (ahead?.length ?? 0);
    const longest = this.#limits.answerMs + (length / this.#limits.slowestBytesPerSecond) * 1000;
    return new Promise((resolve, reject) => {
      const headers = { ...asked.headers, ...(body ? { "content-length": length } : {}) };
      const asking = request(`${this.#url}${path}`, { agent: this.#agent, method, headers, signal });
      // That a connection stays is understood: on a thin link every line counts.
      asking.removeHeader("connection");
      const deadline = setTimeout(() => asking.destroy(new KabinaError("outbox/link-silent")), longest);
      const begunMs = performance.now();
      let answered = false;
      asking.on("response", (response) => {
        answered = true;
        if (asking.writableFinished) fitRecords(asking.socket, length, performance.now() - begunMs);
        read(response, this.#authorities).then((bytes) => {
          const status = response.statusCode ?? 0;
          if (status === 200 || status === 201 || status === 204) resolve({ headers: response.headers, bytes });
          else reject(refusalFrom(status, bytes.toString("utf8")));
          // Answered before all was sent: the rest is not wanted, and the connection is of no more use.
          if (!asking.writableEnded) asking.destroy();
        }, reject);
      });
      asking.on("error", (error) => reject(linkFailure(error)));
      asking.on("close", () => {
        clearTimeout(deadline);
        if (body instanceof Readable) body.destroy();
        // Where an answer has begun, reading it says how it ended.
        if (!answered) reject(new KabinaError("outbox/link-cut"));
      });
      if (!(body instanceof Readable)) return asking.end(body);
      body.on("error", (error) => {
        reject(error);
        asking.destroy();
      });
      if (!ahead) return body.pipe(asking);
      asking.write(ahead);
      asking.once("continue", () => {
        onContinue?.();
        body.pipe(asking);
      });
    });
  }
}

const derOf = (pem: string): Uint8Array[] => (pem === "" ? [] : Certificate.fromPem(pem).map(({ der }) => der));
/** Of a chain, leaf first, what is on both sides. */
const sharedOf = ({ cert }: TlsCredentials): Uint8Array[] => derOf(cert).slice(0, 2);

/** So many bytes of the stretches as one request brings, from an offset on. */
function firstOf(stretches: readonly Stretch[], offset: number, bytes: number): Stretch[] {
  const first: Stretch[] = [];
  let left = bytes;
  for (const stretch of stretches) {
    const start = Math.max(stretch.start, offset);
    const end = Math.min(stretch.end, start + left);
    if (end <= start) continue;
    first.push({ start, end });
    left -= end - start;
  }
  return first;
}

/** Their bytes, in full pieces across the stretches: many short pieces would be as many short records. */
async function* bytesOf(path: string, stretches: readonly Stretch[]): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    let piece = Buffer.allocUnsafe(PIECE_BYTES);
    let filled = 0;
    for (const { start, end } of stretches) {
      for (let at = start; at < end; ) {
        const { bytesRead } = await file.read(piece, filled, Math.min(end - at, PIECE_BYTES - filled), at);
        if (bytesRead === 0) throw new KabinaError("outbox/package-damaged");
        at += bytesRead;
        filled += bytesRead;
        if (filled < PIECE_BYTES) continue;
        yield piece;
        piece = Buffer.allocUnsafe(PIECE_BYTES);
        filled = 0;
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  } finally {
    await file.close();
  }
}

const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { start, end }) => sum + end - start, 0);

/** tus: the durable offset of an answer; what else it brings is the receipt. */
function reachedBy({ headers, bytes }: Answer): Reached {
  const offset = headers["upload-offset"];
  if (typeof offset !== "string" || !/^\d{1,15}$/.test(offset)) throw new KabinaError("outbox/answer-malformed");
  return { offset: Number(offset), ...(bytes.length > 0 ? { receipt: bytes } : {}) };
}

async function read(response: IncomingMessage, authorities: readonly Uint8Array[]): Promise<Buffer> {
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
  const coding = response.headers["content-encoding"];
  try {
    if (coding === RECEIPT_CODING) return unpackReceipt(bytes, authorities);
    if (coding !== "deflate") return bytes;
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
