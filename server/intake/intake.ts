/**
 * Takes packages in: judges an offer before its body, and turns a complete body into a record with a receipt, exactly once.
 * HTTP is in `listener.ts`, the bytes in `body-store.ts`.
 */
import { statfs } from "node:fs/promises";
import type { OfferAnswer } from "../../crypto/delivery/answers.ts";
import type { Offer } from "../../crypto/delivery/offer.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Store } from "../store/store.ts";
import type { UploadRecord } from "../store/uploads.ts";
import type { BodyStore } from "./body-store.ts";
import type { HeadJudge, JudgedHead } from "./head-judge.ts";
import type { PackageJudge } from "./package-judge.ts";

export interface IntakeTools {
  readonly clock: Clock;
  readonly store: Store;
  readonly bodies: BodyStore;
  readonly judge: PackageJudge;
  readonly heads: HeadJudge;
  /** The folder whose disk must have room. */
  readonly folder: string;
  readonly diskReserveBytes: number;
  /** Called when a new case is durable. */
  readonly onCase: (caseId: string) => void;
  /** A failure without a code: for the log. */
  readonly onFault: (error: unknown) => void;
}

/** Milliseconds until an offer is written down whose body is not complete by then. */
const OFFERS_WRITTEN_MS = 300;
const MOST_RECEIPTS = 256;

export class Intake {
  readonly #tools: IntakeTools;
  /** Room on the disk, looked at now and then: the reserve is far larger than what arrives in between. */
  #freeBytes = 0;
  #freeKnownUntilMs = Number.NEGATIVE_INFINITY;
  /** Completions under way, so that two requests for one package do the work once. */
  readonly #completing = new Map<string, Promise<Buffer>>();
  /** Receipts made last: each is fetched moments later. */
  readonly #receipts = new Map<string, { readonly booth: string; readonly receipt: Buffer }>();
  #writing: NodeJS.Timeout | undefined;

  constructor(tools: IntakeTools) {
    this.#tools = tools;
  }

  /**
   * Judges an offer (row G3). The same offer again gives the same answer, wherever a reply was lost.
   * @throws KabinaError `delivery/…`, `package/…`, `intake/booth-differs`, `intake/package-differs`, `intake/too-many-uploads`, `intake/disk-full`
   */
  async offer(booth: string, offer: Offer): Promise<OfferAnswer> {
    const { store, bodies, heads, clock } = this.#tools;
    const { manifest } = heads.offer(offer);
    const { packageId } = manifest;
    if (manifest.booth.id !== booth) {
      await this.#alarm(booth, "intake/booth-differs", { packageId, sealedBy: manifest.booth.id });
      throw new KabinaError("intake/booth-differs", { sealedBy: manifest.booth.id });
    }
    const sha256 = offer.sha256.toString("hex");
    if (this.#receipt(sha256)) return { state: "received", offset: offer.packageBytes };
    const freeBytes = await this.#room();
    // From here on in one turn: no other request brings the same offer in between.
    if (store.uploads.find(sha256)) return { state: "uploading", offset: (await bodies.open(sha256)).offset };
    const known = this.#otherBytes(packageId, sha256);
    if (known !== undefined) {
      await this.#alarm(booth, "intake/package-differs", { packageId, known, offered: sha256 });
      throw new KabinaError("intake/package-differs", { packageId });
    }
    this.#refuseTooMany(booth);
    if (freeBytes < offer.packageBytes + this.#tools.diskReserveBytes) throw new KabinaError("intake/disk-full");
    store.uploads.remember(offer, { packageId, booth, offeredAt: clock.now().toISOString() });
    this.#writing ??= setTimeout(() => this.writeOffers(), OFFERS_WRITTEN_MS);
    return { state: "uploading", offset: (await bodies.open(sha256)).offset };
  }

  /**
   * Makes offers outlive this process whose bodies have not come at once. What is lost in a power cut is offered again; the bytes
   * of its body, which are durable, are then found by their hashes.
   */
  writeOffers(): void {
    const { store, onFault } = this.#tools;
    clearTimeout(this.#writing);
    this.#writing = undefined;
    try {
      store.uploads.writeRemembered((change) => store.commits.note(change));
    } catch (error) {
      onFault(error);
    }
  }

  /** The booth's own upload, or `intake/upload-unknown`: whose it otherwise is, is nobody's business. */
  assertOwn(booth: string, sha256: string): void {
    if (this.#tools.store.uploads.find(sha256)?.booth !== booth) throw new KabinaError("intake/upload-unknown");
  }

  /** Bytes of a package of this booth that has a receipt: what came of an upload whose last answer was lost. */
  receivedBytes(booth: string, sha256: string): number | undefined {
    const found = this.#tools.store.packages.size(sha256);
    return found?.booth === booth ? found.bytes : undefined;
  }

  /**
   * The receipt of a package of this booth; when its body is complete and not yet judged (the server died in between), that is
   * done now.
   * @throws KabinaError `intake/receipt-unknown`, or why the package was refused
   */
  async receipt(booth: string, sha256: string): Promise<Buffer> {
    const { store, bodies } = this.#tools;
    const done = this.#receipt(sha256);
    if (done?.booth === booth) return done.receipt;
    if (store.uploads.find(sha256)?.booth !== booth) throw new KabinaError("intake/receipt-unknown");
    if (!(await bodies.open(sha256)).whole) throw new KabinaError("intake/receipt-unknown");
    return this.complete(sha256);
  }

  /** Verifies a complete body, makes it a case, and signs its receipt. */
  complete(sha256: string): Promise<Buffer> {
    const underWay = this.#completing.get(sha256);
    if (underWay) return underWay;
    const completing = this.#complete(sha256).finally(() => this.#completing.delete(sha256));
    this.#completing.set(sha256, completing);
    return completing;
  }

  async #complete(sha256: string): Promise<Buffer> {
    const { store, bodies, heads, judge, clock, onCase } = this.#tools;
    const upload = store.uploads.find(sha256);
    if (!upload) {
      const done = this.#receipt(sha256);
      if (done) return done.receipt;
      throw new KabinaError("intake/upload-unknown");
    }
    const receivedAt = clock.now();
    const { manifest, json } = await this.#judge(upload);
    const { booth, packageId, packageBytes: bytes } = upload;
    const sent = { packageId, sha256, size: bytes, boothId: manifest.booth.id };
    const receipt = await judge.receipt(sent, receivedAt);
    const caseId = caseIdOf(sha256);
    const at = receivedAt.toISOString();
    await store.commits.commit(() => {
      store.packages.insert({ sha256, packageId, booth, bytes, manifest: json, receipt, receivedAt: at });
      store.cases.insert(caseId, sha256, at);
      store.cases.addHistory(caseId, { at, by: "server", event: "received", detail: null });
      store.uploads.remove(sha256);
    });
    this.#receipts.set(sha256, { booth, receipt });
    if (this.#receipts.size > MOST_RECEIPTS) this.#receipts.delete(this.#receipts.keys().next().value as string);
    bodies.forget(sha256);
    heads.forget(sha256);
    onCase(caseId);
    return receipt;
  }

  /** The judged head of a durable body that is all its manifest says; what is not is removed and reported. */
  async #judge(upload: UploadRecord): Promise<JudgedHead> {
    const { bodies, heads, judge } = this.#tools;
    const { sha256 } = upload;
    try {
      // Every byte was checked as it arrived; where that found a fault, or could not be done, the whole is judged again to name it.
      if (!(await bodies.open(sha256)).agrees) {
        const judged = await judge.package(bodies.path(sha256));
        if (judged.sha256 !== sha256 || judged.manifest.packageId !== upload.packageId) {
          throw new KabinaError("intake/content-differs");
        }
      }
      return heads.upload(upload);
    } catch (error) {
      if (error instanceof KabinaError) await this.#discard(upload.booth, sha256, error);
      throw error;
    }
  }

  #receipt(sha256: string): { readonly booth: string; readonly receipt: Buffer } | undefined {
    return this.#receipts.get(sha256) ?? this.#tools.store.packages.receipt(sha256);
  }

  /** Exactly once by content (row F6): one package id stands for one content, for ever. The other content, where there is one. */
  #otherBytes(packageId: string, sha256: string): string | undefined {
    const { packages, uploads } = this.#tools.store;
    const known = packages.findByPackageId(packageId)?.sha256 ?? uploads.findByPackageId(packageId);
    return known === sha256 ? undefined : known;
  }

  #refuseTooMany(booth: string): void {
    const limit = SERVER_LIMITS.openUploadsPerBooth;
    if (this.#tools.store.uploads.openOf(booth) >= limit) throw new KabinaError("intake/too-many-uploads", { limit });
  }

  /** Free bytes of the disk, as of the last look. */
  async #room(): Promise<number> {
    const now = this.#tools.clock.monotonic();
    if (now > this.#freeKnownUntilMs) {
      const { bavail, bsize } = await statfs(this.#tools.folder);
      this.#freeBytes = bavail * bsize;
      this.#freeKnownUntilMs = now + SERVER_LIMITS.diskLookMs;
    }
    return this.#freeBytes;
  }

  /** A complete body that is not what its manifest says: removed, so that a right one can come, and reported. */
  async #discard(booth: string, sha256: string, error: KabinaError): Promise<void> {
    const { store, bodies, heads } = this.#tools;
    await this.#alarm(booth, error.code, { sha256 });
    await store.commits.commit(() => store.uploads.remove(sha256));
    heads.forget(sha256);
    await bodies.discard(sha256);
  }

  async #alarm(booth: string, code: string, details: Record<string, string>): Promise<void> {
    const { store, clock } = this.#tools;
    await store.commits.commit(() => store.alarms.insert({ at: clock.now().toISOString(), booth, code, details }));
  }
}

/** A case is named after its package's content, so that making it twice makes the same one. */
function caseIdOf(sha256: string): string {
  return `C-${sha256.slice(0, 12)}`;
}
