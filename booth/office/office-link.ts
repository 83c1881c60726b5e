/** The booth's link to the authority's office: renewal (EST), revocation lists, policy and updates, and what the booth says of itself. */
import { Agent, request } from "node:https";
import type { PeerKind } from "../../crypto/authority/trust.ts";
import { readBundle } from "../../crypto/certificate/bundle.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type BoothReport, BoothReportAnswer, estPath, LARGEST_EST_ANSWER, PKI_PATHS } from "../../crypto/est/paths.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import type { UpdateSource } from "../../crypto/updates/client.ts";

/** Milliseconds for a whole answer. A thin link is slow; what it misses now it gets at the next look. */
const ANSWER_MS = 60_000;

export interface OfficeLinkOptions {
  readonly url: string;
  /** PEM of the authorities that the office's certificate must come from. */
  readonly authorities: readonly string[];
  /** Asked at every connection: a renewed certificate is used at once. */
  readonly credentials: () => TlsCredentials;
}

export class OfficeLink {
  readonly #options: OfficeLinkOptions;

  constructor(options: OfficeLinkOptions) {
    this.#options = options;
  }

  /** Renews over a connection with the certificate that is renewed; the new leaf. Throws `office/…`. */
  async renew(requestDer: Uint8Array): Promise<Certificate> {
    return leafOf(await this.#enrol("simplereenroll", requestDer, true));
  }

  /** A certificate for a key that speaks TLS and signs nothing else, over a connection with the booth's own. */
  async renewTls(requestDer: Uint8Array): Promise<Certificate> {
    return leafOf(await this.#enrol("simplereenroll", requestDer, true, "booth-tls"));
  }

  /** Asks anew, without a certificate; undefined while an officer has not decided. */
  async enrol(requestDer: Uint8Array): Promise<Certificate | undefined> {
    const answer = await this.#enrol("simpleenroll", requestDer, false);
    return answer.status === 202 ? undefined : leafOf(answer);
  }

  /** The current revocation list of that file name, as signed; undefined where there is none. */
  async list(name: string): Promise<Uint8Array | undefined> {
    const answer = await this.#ask("GET", `${PKI_PATHS.lists}/${name}`, false);
    return answer.status === 404 ? undefined : expectGood(answer).body;
  }

  /** The authorities of a kind and the roots, as the office tells them: nothing of it is verified. */
  async authorities(kind: PeerKind): Promise<readonly Certificate[]> {
    return bundleOf(await this.#ask("GET", estPath(kind, "cacerts"), false));
  }

  /** Files of the repository of policy and updates. */
  readonly updates: UpdateSource = async (path, maxLength) => {
    const answer = await this.#ask("GET", `${PKI_PATHS.updates}/${path}`, false, undefined, maxLength);
    return answer.status === 404 ? undefined : expectGood(answer).body;
  };

  async report(report: BoothReport): Promise<BoothReportAnswer> {
    const body = Buffer.from(JSON.stringify(report));
    const answer = expectGood(await this.#ask("POST", PKI_PATHS.reports, true, { body, type: "application/json" }));
    return BoothReportAnswer.parse(JSON.parse(Buffer.from(answer.body).toString("utf8")));
  }

  #enrol(operation: string, der: Uint8Array, known: boolean, label = "booths"): Promise<Answer> {
    const body = Buffer.from(Buffer.from(der).toString("base64"));
    return this.#ask("POST", estPath(label, operation), known, { body, type: "application/pkcs10" });
  }

  /** `known`: with the booth's certificate. A connection for each: they are rare, and a renewed certificate counts at once. */
  #ask(
    method: "GET" | "POST",
    path: string,
    known: boolean,
    content?: { readonly body: Buffer; readonly type: string },
    largest = LARGEST_EST_ANSWER,
  ): Promise<Answer> {
    const agent = new Agent({
      ca: [...this.#options.authorities],
      minVersion: "TLSv1.3",
      ...(known ? this.#options.credentials() : {}),
    });
    return new Promise<Answer>((resolve, reject) => {
      const headers = content ? { "content-type": content.type, "content-length": content.body.length } : {};
      const asking = request(`${this.#options.url.replace(/\/$/, "")}${path}`, { agent, method, headers });
      const cut = (cause: unknown) =>
        reject(cause instanceof KabinaError ? cause : new KabinaError("office/unreachable", {}, { cause }));
      const deadline = setTimeout(() => asking.destroy(new KabinaError("office/unreachable")), ANSWER_MS);
      asking.on("response", (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > largest) asking.destroy(new KabinaError("office/answer-malformed"));
          else chunks.push(chunk);
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        response.on("error", cut);
      });
      asking.on("error", cut);
      asking.on("close", () => {
        clearTimeout(deadline);
        reject(new KabinaError("office/unreachable"));
      });
      asking.end(content?.body);
    }).finally(() => agent.destroy());
  }
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

function expectGood(answer: Answer): Answer {
  if (answer.status === 200) return answer;
  const reason = Buffer.from(answer.body).toString("utf8").split("\n")[0]!.slice(0, 80);
  throw new KabinaError("office/refused", { status: answer.status, reason });
}

function bundleOf(answer: Answer): readonly Certificate[] {
  const text = Buffer.from(expectGood(answer).body).toString("latin1").replace(/\s/g, "");
  return readBundle(Buffer.from(text, "base64"));
}

function leafOf(answer: Answer): Certificate {
  const [leaf] = bundleOf(answer);
  if (!leaf) throw new KabinaError("office/answer-malformed");
  return leaf;
}
