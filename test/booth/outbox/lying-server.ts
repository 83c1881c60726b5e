/** A server with the right certificate that says what a test tells it to. */
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { INTAKE_PATHS } from "../../../crypto/delivery/answers.ts";
import { inflateOffer, OFFER_LENGTH_BYTES, type Offer, readOffer } from "../../../crypto/delivery/offer.ts";
import type { TestInstallation } from "../../server/installation.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class LyingServer {
  /** Answers to the next questions for a receipt, in order; without one: not known yet. */
  receipts: Answer[] = [];
  receiptOf: ((sha256: string) => Promise<Answer>) | undefined;
  /** Packages (SHA-256) that it refuses for ever. */
  readonly refuse = new Set<string>();
  offers = 0;
  /** As a server from before certificates were left out of offers. */
  knowsCertificates = true;
  /** Answers offers as if it had no time now. */
  delayOffers = false;
  readonly #server: Server;

  private constructor(installation: TestInstallation) {
    const options = {
      ...installation.identity.keys.tls.tls(),
      ca: tlsAuthorities(installation.trust, "booths"),
      requestCert: true,
      rejectUnauthorized: false,
    };
    const known = installation.booth.chain.map(({ der }) => der);
    this.#server = createServer(options, async (request, response) => {
      const creates = request.method === "POST" && request.url === INTAKE_PATHS.uploads;
      const certificates = this.knowsCertificates ? known : [];
      const offer = creates ? await offerOf(request, certificates).catch(() => "unread" as const) : undefined;
      if (offer === "unread") {
        const error = { code: "delivery/offer-malformed", details: { reason: "deflate" }, permanent: true };
        response.writeHead(422, { connection: "close" }).end(JSON.stringify({ error }));
        return;
      }
      const answer = offer ? this.#answerOffer(offer) : await this.#answer(request.url ?? "");
      const headers = { "content-type": "application/json", "upload-offset": offer?.packageBytes ?? 0 };
      response.writeHead(answer.status, headers).end(answer.body);
    });
  }

  static async start(installation: TestInstallation): Promise<LyingServer> {
    const server = new LyingServer(installation);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** As if it had every package already; refuses those that it is told to. */
  #answerOffer(offer: Offer): Answer {
    this.offers++;
    if (this.delayOffers) {
      const busy = { code: "intake/too-many-uploads", details: { limit: 1 }, permanent: false };
      return { status: 429, body: JSON.stringify({ error: busy }) };
    }
    if (!this.refuse.has(offer.sha256.toString("hex"))) return { status: 200, body: "" };
    const error = { code: "package/expired", details: {}, permanent: true };
    return { status: 422, body: JSON.stringify({ error }) };
  }

  async #answer(url: string): Promise<Answer> {
    if (url.startsWith(INTAKE_PATHS.status)) return { status: 200, body: JSON.stringify({ after: 0, notices: [] }) };
    const unknown = { error: { code: "intake/receipt-unknown", details: {}, permanent: false } };
    // Only a HEAD may follow "received" with an upload: there is nothing here to upload to.
    if (!url.startsWith(INTAKE_PATHS.receipts)) return { status: 404, body: "" };
    if (this.receiptOf) return this.receiptOf(url.slice(-64));
    return this.receipts.shift() ?? { status: 404, body: JSON.stringify(unknown) };
  }
}

/** The offer that a request begins with; what follows it is not asked for. */
async function offerOf(request: IncomingMessage, known: readonly Uint8Array[]): Promise<Offer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length < OFFER_LENGTH_BYTES) continue;
    const end = OFFER_LENGTH_BYTES + bytes.readUInt32BE(0);
    if (bytes.length >= end) return readOffer(inflateOffer(bytes.subarray(OFFER_LENGTH_BYTES, end), known));
  }
  throw new Error("no offer");
}
