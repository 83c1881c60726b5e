/**
 * The booth's book of slips: which it can look up by number, and which have been used. A typed number finds the slip's signed
 * token among those that the desk has sent ahead (`issued/`); a scanned one carries it. Either way the signature counts.
 *
 *     <data>/booth/slips/issued/<number>   a token
 *     <data>/booth/slips/used              a line per used slip: SHA-256 of its number, and of the session that used it
 */
import { createHash, type KeyObject } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { readSlipIssuers } from "../../crypto/slip/issuers.ts";
import { parseSlipNumber } from "../../crypto/slip/number.ts";
import { type Slip, verifySlip } from "../../crypto/slip/token.ts";

/** Minutes that the desk's clock may be ahead of the booth's. */
const CLOCK_AHEAD_MINUTES = 10;

export class SlipBook {
  readonly #folder: string;
  readonly #boothFolder: string;
  readonly #clock: Clock;
  /** Session that used it, by slip, both hashed. */
  readonly #used: Map<string, string>;

  private constructor(folder: string, boothFolder: string, clock: Clock, used: Map<string, string>) {
    this.#folder = folder;
    this.#boothFolder = boothFolder;
    this.#clock = clock;
    this.#used = used;
  }

  /** @param boothFolder `<data>/booth`; its trust folder holds the desk's public key once slips are in use. */
  static async open(boothFolder: string, clock: Clock): Promise<SlipBook> {
    const folder = slipFolder(boothFolder);
    await mkdir(join(folder, "issued"), { recursive: true, mode: 0o700 });
    const lines = (await readFile(join(folder, "used"), "utf8").catch(() => "")).split("\n");
    const used = lines.map((line) => line.split(" ")).filter((line) => line.length === 2) as [string, string][];
    return new SlipBook(folder, boothFolder, clock, new Map(used));
  }

  /**
   * Judges what was typed or scanned, for one session. Throws `slip/malformed`, `slip/unknown`, `slip/forged`, `slip/expired`,
   * `slip/not-yet`, `slip/used`.
   */
  async check(value: string, session: string): Promise<{ slip: Slip; entered: "typed" | "scanned" }> {
    const number = parseSlipNumber(value);
    const entered = number === undefined ? "scanned" : "typed";
    const token = number === undefined ? value.trim() : await this.#issued(number);
    const slip = verifySlip(token, await this.#issuers());
    if (number !== undefined && slip.number !== number) throw new KabinaError("slip/forged");
    const now = this.#clock.now().getTime();
    if (slip.expiresAt.getTime() <= now)
      throw new KabinaError("slip/expired", { expired: slip.expiresAt.toISOString() });
    if (slip.issuedAt.getTime() > now + CLOCK_AHEAD_MINUTES * 60_000) throw new KabinaError("slip/not-yet");
    const user = this.#used.get(hash(slip.number));
    if (user !== undefined && user !== hash(session)) throw new KabinaError("slip/used");
    return { slip, entered };
  }

  /** Marks a slip as used by a session, durably; the same session may do it again. Throws `slip/used`. */
  async use(number: string, session: string): Promise<void> {
    const [slip, user] = [hash(number), hash(session)];
    const before = this.#used.get(slip);
    if (before !== undefined && before !== user) throw new KabinaError("slip/used");
    if (before === undefined) {
      const file = await open(join(this.#folder, "used"), "a", 0o600);
      try {
        await file.writeFile(`${slip} ${user}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      this.#used.set(slip, user);
    }
    await rm(join(this.#folder, "issued", number), { force: true });
  }

  /** The desk's keys; read each time, because the desk may begin, or take another key, while the booth runs. */
  async #issuers(): Promise<readonly KeyObject[]> {
    return readSlipIssuers(this.#boothFolder).catch((cause: unknown) => {
      throw new KabinaError("slip/unknown", {}, { cause });
    });
  }

  async #issued(number: string): Promise<string> {
    // A used slip's file is gone; say that it was used rather than that it is unknown.
    if (this.#used.has(hash(number))) throw new KabinaError("slip/used");
    const file = join(this.#folder, "issued", number);
    return readFile(file, "utf8").then(
      (text) => text.trim(),
      (cause: unknown) => {
        throw new KabinaError("slip/unknown", {}, { cause });
      },
    );
  }
}

export const slipFolder = (boothFolder: string): string => join(boothFolder, "slips");

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
