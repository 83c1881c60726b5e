/**
 * Who the booth is to chips that keep prints for inspection systems (9303-11 §7.1): `<data>/booth/terminal`, looked at for each passport, so
 * that a renewed certificate holds from the next one on. Such certificates live for days or weeks.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { TerminalIdentity } from "../../mrtd/access/terminal-authentication.ts";
import { loadTerminal, type TerminalSecrets, terminalCertificates } from "../../mrtd/access/terminal-folder.ts";
import { type CvCertificate, parseCvCertificate } from "../../mrtd/cvc/certificate.ts";
import { reason } from "../../mrtd/proof/reason.ts";
import type { Reason } from "../../mrtd/proof/verdict.ts";
import type { BoothStatus } from "../api/messages.ts";

const DAY_MS = 86_400_000;
/** Bits of the authorisation (TR-03110-3 §C.4.1). */
const bits = { prints: 1, irises: 2 } as const;

/** May it read prints and irises now, and if not prints, why. */
export interface Inspection {
  readonly terminal?: TerminalIdentity;
  readonly mayRead: { readonly prints: boolean; readonly irises: boolean };
  readonly why?: Reason;
}

/** For the status page; null where the booth has no certificate. */
export interface InspectionStanding {
  readonly holder: string;
  /** The last day of what ends first. */
  readonly until: Date;
}

/** Days before its end at which the status page asks for a new one. */
const endingDays = 7;

export function inspectionStatus(standing: InspectionStanding | null, now: Date): BoothStatus["inspection"] {
  if (standing === null) return null;
  const left = standing.until.getTime() + DAY_MS - now.getTime();
  const state = left <= 0 ? "ended" : left <= endingDays * DAY_MS ? "ending" : "good";
  return { holder: standing.holder, until: standing.until.toISOString().slice(0, 10), state };
}

const closed = (why: Reason): Inspection => ({ mayRead: { prints: false, irises: false }, why });

export class InspectionDesk {
  readonly #folder: string;
  readonly #secrets: TerminalSecrets;
  /** As it was loaded last, with the hash of what it was loaded from: a token is not opened for every passport. */
  #held: { readonly of: string; readonly terminal: TerminalIdentity } | undefined;

  #standing: InspectionStanding | null = null;

  constructor(folder: string, secrets: TerminalSecrets) {
    this.#folder = folder;
    this.#secrets = secrets;
  }

  async at(now: Date): Promise<Inspection> {
    try {
      const files = await this.#files();
      if (files.length === 0) return closed(reason("inspection/absent"));
      const chain = files.map(parseCvCertificate);
      const { until } = standingOf(chain);
      if (now.getTime() >= until.getTime() + DAY_MS)
        return closed(reason("inspection/expired", { until: until.toISOString().slice(0, 10) }));
      const access = chain.reduce((all, certificate) => all & certificate.access, bits.prints | bits.irises);
      const mayRead = { prints: (access & bits.prints) !== 0, irises: (access & bits.irises) !== 0 };
      const terminal = await this.#terminal(files);
      return { terminal, mayRead, ...(!mayRead.prints && { why: reason("inspection/scope") }) };
    } catch (error) {
      if (!isCoded(error)) throw error;
      return closed(reason("inspection/unusable", { reason: error.code }));
    }
  }

  /** As it was looked at last; looks again for whoever asks next, because nobody may wait for a disk to see the booth's status. */
  get standing(): InspectionStanding | null {
    void this.look();
    return this.#standing;
  }

  async look(): Promise<InspectionStanding | null> {
    try {
      const files = await this.#files();
      this.#standing = files.length === 0 ? null : standingOf(files.map(parseCvCertificate));
    } catch {
      // A folder that cannot be read opens no chip: `at` says why when a passport comes.
      this.#standing = null;
    }
    return this.#standing;
  }

  async #files(): Promise<Uint8Array[]> {
    const names = await terminalCertificates(this.#folder);
    return Promise.all(names.map(async (name) => new Uint8Array(await readFile(join(this.#folder, name)))));
  }

  async #terminal(files: readonly Uint8Array[]): Promise<TerminalIdentity> {
    const of = createHash("sha256").update(Buffer.concat(files)).digest("hex");
    if (this.#held?.of === of) return this.#held.terminal;
    const terminal = await loadTerminal(this.#folder, this.#secrets);
    this.#held = { of, terminal };
    return terminal;
  }
}

function standingOf(chain: readonly CvCertificate[]): InspectionStanding {
  const ends = chain.map(({ expiration }) => expiration.getTime());
  return { holder: chain.at(-1)!.holder, until: new Date(Math.min(...ends)) };
}
