/** Judges the heads of packages, and remembers those that passed for as long as their bodies are on the way. */
import { createHash } from "node:crypto";
import { readHead } from "../../crypto/delivery/head.ts";
import { blockHash, type Offer } from "../../crypto/delivery/offer.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { bodyBytes } from "../../crypto/package/body-scan.ts";
import type { Manifest } from "../../crypto/package/manifest.ts";
import type { UploadRecord } from "../store/uploads.ts";
import type { PackageJudge } from "./package-judge.ts";

const MOST_REMEMBERED = 1024;

export interface JudgedHead {
  readonly manifest: Manifest;
  /** The manifest's one byte form. */
  readonly json: string;
}

export class HeadJudge {
  readonly #judge: PackageJudge;
  readonly #passed = new Map<string, JudgedHead>();

  constructor(judge: PackageJudge) {
    this.#judge = judge;
  }

  /**
   * Judges an offer by its head: manifest, signature, times; that the declared length is the one the manifest leaves room for;
   * and the blocks that the head fills.
   * @throws KabinaError `delivery/…`, `package/…`, `certificate/…`
   */
  offer(offer: Offer): JudgedHead {
    const { head, blockBytes, packageBytes, blockHashes } = offer;
    const malformed = (reason: string) => new KabinaError("delivery/offer-malformed", { reason });
    const judged = this.#read(head);
    for (let end = blockBytes; end <= head.length; end += blockBytes) {
      const found = createHash("sha256").update(head.subarray(0, end)).digest();
      if (!found.equals(blockHash({ blockHashes }, end / blockBytes - 1))) throw malformed("head-block");
    }
    if (packageBytes !== head.length + bodyBytes(judged.manifest)) throw malformed("package-length");
    this.#keep(offer.sha256.toString("hex"), judged);
    return judged;
  }

  /** The head of an upload that has begun, as it was judged then or, after a restart, as it is judged now. Throws as `offer`. */
  upload({ sha256, head }: UploadRecord): JudgedHead {
    const known = this.#passed.get(sha256);
    if (known) return known;
    const judged = this.#read(head);
    this.#keep(sha256, judged);
    return judged;
  }

  forget(sha256: string): void {
    this.#passed.delete(sha256);
  }

  #read(head: Buffer): JudgedHead {
    const found = readHead(head);
    if (found?.bytes !== head.length) throw new KabinaError("delivery/offer-malformed", { reason: "head" });
    return { manifest: this.#judge.manifest(found.manifest, found.signature), json: found.manifest.toString("utf8") };
  }

  #keep(sha256: string, judged: JudgedHead): void {
    this.#passed.set(sha256, judged);
    if (this.#passed.size > MOST_REMEMBERED) this.#passed.delete(this.#passed.keys().next().value as string);
  }
}
