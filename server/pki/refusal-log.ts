/**
 * What the authority's door refuses goes into the register, and with it into the audit log: a stolen booth that asks for a new certificate, a
 * key that is somebody else's. Anybody can reach this door: the log takes the first and every tenfold from one address, for one cause,
 * operation and certificate, and only so many an hour.
 */
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Clock } from "../../crypto/environment.ts";
import type { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CertificateOffice } from "./office.ts";

export const refusalLimits = {
  /** Milliseconds after which an address and a cause begin anew, and that the hour's number counts for. */
  forgottenMs: 60 * 60_000,
  /** Entries within that time, from all addresses together; one more says that there were too many. */
  entries: 500,
} as const;

/** An event's kind; its subject is the address. */
export const TURNED_AWAY = "request.turned-away";
const TOO_MANY = "request.turned-away-many";

export class RefusalLog {
  readonly #office: CertificateOffice;
  readonly #clock: Clock;
  #counts = new Map<string, number>();
  #entries = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  constructor(office: CertificateOffice, clock: Clock) {
    this.#office = office;
    this.#clock = clock;
  }

  /** Puts a refusal on the record; returns when it is durable. Throws what the register throws. */
  note(request: IncomingMessage, error: Pick<KabinaError, "code" | "details">): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#sinceMs >= refusalLimits.forgottenMs) {
      this.#counts = new Map();
      this.#entries = 0;
      this.#sinceMs = nowMs;
    }
    if (this.#entries > refusalLimits.entries) return;
    const address = request.socket.remoteAddress ?? "";
    const operation = (request.url ?? "").split("?")[0]!.replace("/.well-known/est/", "").slice(0, 64);
    const holder = holderOf(request.socket as TLSSocket, this.#office);
    const key = [address, operation, error.code, holder].join(" ");
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (!/^10*$/.test(String(count))) return;
    this.#entries++;
    const many = this.#entries > refusalLimits.entries;
    const { register } = this.#office;
    const name = error.details.name ?? error.details.asked;
    const data = {
      ...{ code: error.code, operation, count, holder },
      // Only a name that was asked for in the agreed form comes in a refusal.
      name: typeof name === "string" ? name.slice(0, 64) : null,
    };
    const at = this.#clock.now().toISOString();
    register.note(() =>
      register.addEvent({
        ...{ at, by: "server", kind: many ? TOO_MANY : TURNED_AWAY, subject: address },
        data: many ? { entries: refusalLimits.entries } : data,
      }),
    );
  }
}

/** Whose certificate the connection was made with, where this authority has issued it: also one that was taken back or has ended. */
function holderOf(socket: TLSSocket, office: CertificateOffice): string | null {
  // Null once the connection has ended.
  const raw = (socket.getPeerCertificate() as { raw?: Buffer } | null)?.raw;
  if (!raw) return null;
  try {
    const leaf = new Certificate(raw);
    const ours = [...office.authorities("booths"), ...office.authorities("sensors")];
    return ours.some((authority) => leaf.isSignedBy(authority)) ? (leaf.commonName ?? null) : null;
  } catch {
    return null; // not one of ours
  }
}
