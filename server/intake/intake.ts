/**
 * Takes packages in: judges an offer before its body, and turns a complete body into a record with a receipt, exactly once.
 * HTTP is in `listener.ts`, the bytes in `body-store.ts`.
 */
import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import type { OfferAnswer } from "../../crypto/delivery/answers.ts";
import { readHead } from "../../crypto/delivery/head.ts";
import { blockHash, type Offer, readOffer } from "../../crypto/delivery/offer.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Manifest } from "../../crypto/package/manifest.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Store } from "../store/store.ts";
import type { BodyStore } from "./body-store.ts";

/** What the intake needs of `crypto`, with the server's keys and trust already in it. */
export interface PackageJudge {
  /** Checks a manifest and its signature; throws the codes of `package/…`. */
  manifest(manifest: Uint8Array, signature: Uint8Array): Manifest;
  /** Checks a whole package: signature, every hash, nothing added. */
  package(
    bytes: AsyncIterable<Uint8Array>,
    packageId: string,
  ): Promise<{ manifest: Manifest; sha256: string; size: number }>;
  /** Signs a receipt. */
  receipt(of: { manifest: Manifest; sha256: string; size: number; receivedAt: Date }): Promise<Uint8Array>;
}

export interface IntakeTools {
  readonly clock: Clock;
  readonly store: Store;
  readonly bodies: BodyStore;
  readonly judge: PackageJudge;
  /** The folder whose disk must have room. */
  readonly folder: string;
  readonly diskReserveBytes: number;
  /** Called when a new case is durable. */
  readonly onCase: (caseId: string) => void;
}

export class Intake {
  readonly #tools: IntakeTools;
  /** Room on the disk, looked at now and then: the reserve is far larger than what arrives in between. */
  #freeBytes = 0;
  #freeKnownUntilMs = Number.NEGATIVE_INFINITY;
  /** Completions under way, so that two requests for one package do the work once. */
  readonly #completing = new Map<string, Promise<Buffer>>();

  constructor(tools: IntakeTools) {
    this.#tools = tools;
  }

  /**
   * Judges an offer (row G3). The same offer again gives the same answer, wherever a reply was lost.
   * @throws KabinaError `delivery/…`, `package/…`, `intake/booth-differs`, `intake/package-differs`, `intake/too-many-uploads`, `intake/disk-full`
   */
  async offer(booth: string, bytes: Buffer): Promise<OfferAnswer> {
    const { store, bodies } = this.#tools;
    const offer = readOffer(bytes);
    const manifest = this.#judgeHead(booth, offer);
    const sha256 = offer.sha256.toString("hex");
    if (store.packages.find(sha256)) return { state: "received", offset: offer.packageBytes };
    const known = store.uploads.find(sha256);
    if (known) return { state: "uploading", offset: (await bodies.getUpload(sha256)).offset };
    await this.#refuseOtherBytes(booth, manifest.packageId, sha256);
    this.#refuseTooMany(booth);
    await this.#refuseFullDisk(offer.packageBytes);
    // Lost in a power cut, it is offered again; the body's bytes, which are durable, are then found again by their blocks.
    store.commits.note(() => {
      if (store.uploads.find(sha256)) return;
      store.uploads.insert(offer, {
        packageId: manifest.packageId,
        booth,
        offeredAt: this.#tools.clock.now().toISOString(),
      });
    });
    return { state: "uploading", offset: offer.head.length };
  }

  /** The booth's own upload, or `intake/upload-unknown`: whose it otherwise is, is nobody's business. */
  assertOwn(booth: string, sha256: string): void {
    if (this.#tools.store.uploads.find(sha256)?.booth !== booth) throw new KabinaError("intake/upload-unknown");
  }

  /**
   * The receipt of a package of this booth; when its body is complete and not yet judged (the server died in between), that is
   * done now.
   * @throws KabinaError `intake/receipt-unknown`, or why the package was refused
   */
  async receipt(booth: string, sha256: string): Promise<Buffer> {
    const { store, bodies } = this.#tools;
    const done = store.packages.find(sha256);
    if (done?.booth === booth) return done.receipt;
    const upload = store.uploads.find(sha256);
    if (upload?.booth !== booth) throw new KabinaError("intake/receipt-unknown");
    if ((await bodies.getUpload(sha256)).offset < upload.packageBytes) throw new KabinaError("intake/receipt-unknown");
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
    const { store, bodies, judge, clock } = this.#tools;
    const upload = store.uploads.find(sha256);
    if (!upload) {
      const done = store.packages.find(sha256);
      if (done) return done.receipt;
      throw new KabinaError("intake/upload-unknown");
    }
    // getUpload syncs: from here on the bytes are durable.
    await bodies.getUpload(sha256);
    const receivedAt = clock.now();
    let verified: Awaited<ReturnType<PackageJudge["package"]>>;
    try {
      verified = await judge.package(bodies.read(sha256), upload.packageId);
      if (verified.sha256 !== sha256) throw new KabinaError("intake/content-differs");
      if (verified.manifest.packageId !== upload.packageId) throw new KabinaError("intake/content-differs");
    } catch (error) {
      if (error instanceof KabinaError) await this.#discard(upload.booth, sha256, error);
      throw error;
    }
    const receipt = Buffer.from(await judge.receipt({ ...verified, receivedAt }));
    const caseId = caseIdOf(sha256);
    const at = receivedAt.toISOString();
    await store.commits.commit(() => {
      store.uploads.remove(sha256);
      const { manifest, size: bytes } = verified;
      store.packages.insert({
        sha256,
        packageId: manifest.packageId,
        booth: upload.booth,
        bytes,
        manifest,
        receipt,
        receivedAt: at,
      });
      store.cases.insert(caseId, sha256, at);
      store.cases.addHistory(caseId, { at, by: "server", event: "received", detail: null });
    });
    await bodies.release(sha256);
    this.#tools.onCase(caseId);
    return receipt;
  }

  /** Manifest, signature, booth, and the blocks that the head already fills. */
  #judgeHead(booth: string, offer: Offer): Manifest {
    const head = readHead(offer.head);
    if (head?.bytes !== offer.head.length) throw new KabinaError("delivery/offer-malformed", { reason: "head" });
    for (let end = offer.blockBytes; end <= offer.head.length; end += offer.blockBytes) {
      const start = end - offer.blockBytes;
      const found = createHash("sha256").update(offer.head.subarray(start, end)).digest();
      if (!found.equals(blockHash(offer, start / offer.blockBytes))) {
        throw new KabinaError("delivery/offer-malformed", { reason: "head-block" });
      }
    }
    const manifest = this.#tools.judge.manifest(head.manifest, head.signature);
    if (manifest.booth.id !== booth) {
      void this.#alarm(booth, "intake/booth-differs", { packageId: manifest.packageId, sealedBy: manifest.booth.id });
      throw new KabinaError("intake/booth-differs", { sealedBy: manifest.booth.id });
    }
    return manifest;
  }

  /** Exactly once by content (row F6): one package id stands for one content, for ever. */
  async #refuseOtherBytes(booth: string, packageId: string, sha256: string): Promise<void> {
    const { store } = this.#tools;
    const other = store.packages.findByPackageId(packageId) ?? store.uploads.findByPackageId(packageId);
    if (!other || other.sha256 === sha256) return;
    await this.#alarm(booth, "intake/package-differs", { packageId, known: other.sha256, offered: sha256 });
    throw new KabinaError("intake/package-differs", { packageId });
  }

  #refuseTooMany(booth: string): void {
    const limit = SERVER_LIMITS.openUploadsPerBooth;
    if (this.#tools.store.uploads.openOf(booth).count >= limit)
      throw new KabinaError("intake/too-many-uploads", { limit });
  }

  async #refuseFullDisk(packageBytes: number): Promise<void> {
    const now = this.#tools.clock.monotonic();
    if (now > this.#freeKnownUntilMs) {
      const { bavail, bsize } = await statfs(this.#tools.folder);
      this.#freeBytes = bavail * bsize;
      this.#freeKnownUntilMs = now + SERVER_LIMITS.diskLookMs;
    }
    if (this.#freeBytes < packageBytes + this.#tools.diskReserveBytes) throw new KabinaError("intake/disk-full");
  }

  /** A complete body that is not what its manifest says: removed, so that a right one can come, and reported. */
  async #discard(booth: string, sha256: string, error: KabinaError): Promise<void> {
    const { store, bodies } = this.#tools;
    await this.#alarm(booth, error.code, { sha256 });
    await store.commits.commit(() => store.uploads.remove(sha256));
    await bodies.release(sha256, { discard: true });
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
