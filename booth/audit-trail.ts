/**
 * The booth's own audit log (`<data>/booth/audit.log`): that it started, that sessions began and were erased, which packages it
 * sealed and delivered. No personal data. A full disk may leave a gap in time, never in the chain; nobody is kept waiting by it.
 */
import { join } from "node:path";
import type { AuditEntry } from "../crypto/audit/entry.ts";
import { AuditLog } from "../crypto/audit/log.ts";
import type { Clock } from "../crypto/environment.ts";
import type { PrivateKeyHandle } from "../crypto/keys/key.ts";

export interface AuditTrailOptions {
  /** `<data>/booth` */
  readonly folder: string;
  readonly boothId: string;
  /** The `booth-identity` key. */
  readonly key: PrivateKeyHandle;
  readonly clock: Clock;
  onFault(error: unknown): void;
}

export class AuditTrail {
  readonly #options: AuditTrailOptions;
  #log: AuditLog | undefined;
  #work: Promise<void> = Promise.resolve();

  private constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /** Opens or makes the log. Throws `audit/rewritten` and the like: a booth whose log was tampered with does not start. */
  static async open(options: AuditTrailOptions): Promise<AuditTrail> {
    const trail = new AuditTrail(options);
    trail.#log = await trail.#open();
    return trail;
  }

  /** Adds an entry and signs the head over it, in its turn; returns at once. */
  note(kind: string, data: AuditEntry["data"] = {}): void {
    this.#work = this.#work.then(() => this.#write(kind, data)).catch(this.#options.onFault);
  }

  async close(): Promise<void> {
    await this.#work;
    await this.#log?.close().catch(() => {});
  }

  async #write(kind: string, data: AuditEntry["data"]): Promise<void> {
    this.#log ??= await this.#open();
    try {
      await this.#log.append(kind, data);
      await this.#log.checkpoint();
    } catch (error) {
      // After a failed write nobody knows what is on the disk: the next note opens the log anew, which finds out.
      await this.#log.close().catch(() => {});
      this.#log = undefined;
      throw error;
    }
  }

  #open(): Promise<AuditLog> {
    const { folder, boothId, key, clock } = this.#options;
    return AuditLog.open(join(folder, "audit.log"), { origin: `kabina/booth/${boothId}`, key, clock });
  }
}
