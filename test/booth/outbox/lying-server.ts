/** A server with the right certificate that says what a test tells it to. */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { INTAKE_PATHS } from "../../../crypto/delivery/answers.ts";
import { inflateOffer, readOffer } from "../../../crypto/delivery/offer.ts";
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
    this.#server = createServer(options, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await this.#answer(request.method ?? "", request.url ?? "", Buffer.concat(chunks));
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
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

  async #answer(method: string, url: string, body: Buffer): Promise<Answer> {
    if (method === "POST" && url === INTAKE_PATHS.offers) {
      this.offers++;
      if (this.delayOffers) {
        const busy = { code: "intake/too-many-uploads", details: { limit: 1 }, permanent: false };
        return { status: 429, body: JSON.stringify({ error: busy }) };
      }
      const offer = readOffer(inflateOffer(body));
      if (!this.refuse.has(offer.sha256.toString("hex"))) {
        return { status: 200, body: JSON.stringify({ state: "received", offset: offer.packageBytes }) };
      }
      const error = { code: "package/expired", details: {}, permanent: true };
      return { status: 422, body: JSON.stringify({ error }) };
    }
    if (url.startsWith(INTAKE_PATHS.status)) return { status: 200, body: JSON.stringify({ after: 0, notices: [] }) };
    const unknown = { error: { code: "intake/receipt-unknown", details: {}, permanent: false } };
    // Only a HEAD may follow "received" with an upload: there is nothing here to upload to.
    if (!url.startsWith(INTAKE_PATHS.receipts)) return { status: 404, body: "" };
    if (this.receiptOf) return this.receiptOf(url.slice(-64));
    return this.receipts.shift() ?? { status: 404, body: JSON.stringify(unknown) };
  }
}
