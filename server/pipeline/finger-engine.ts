/** The finger engine as the pipeline uses it: asked here, computed in a thread that is started at the first print. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { FingerAssessment, Template } from "../../biometrics/finger/finger.ts";
import type { GreyImage } from "../../biometrics/image/image.ts";
import { type ErrorDetail, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { GalleryHit, Prints } from "./gallery.ts";

export type FingerRequest = { readonly id: number } & (
  | { readonly kind: "examine"; readonly print: GreyImage }
  | { readonly kind: "compare"; readonly a: Template; readonly b: Template }
  | { readonly kind: "enrol"; readonly caseId: string; readonly prints: Prints }
  | { readonly kind: "forget"; readonly caseId: string }
  | { readonly kind: "search"; readonly prints: Prints; readonly except: string }
  | { readonly kind: "read"; readonly bytes: Uint8Array }
);

interface Examined {
  readonly assessment: FingerAssessment;
  readonly template: Template;
}

/** A file of a finger; what was a template is not assessed. */
export interface ReadFinger {
  readonly template: Template;
  readonly assessment: FingerAssessment | null;
}

export type FingerAnswer = Examined | ReadFinger | GalleryHit | number;

export interface FingerReply {
  readonly id: number;
  readonly value?: FingerAnswer;
  readonly failure?: { readonly code: string; readonly details: Readonly<Record<string, ErrorDetail>> };
}

export interface FingerEngine {
  readonly starts: number;
  /** @throws KabinaError the codes of `biometrics/finger`, or `review/finger-engine-failed` */
  examine(print: GreyImage): Promise<Examined>;
  /** A picture (PNG, JPEG, WSQ, PGM) or a finger record of any maker. @throws KabinaError the codes of `biometrics/` */
  read(bytes: Uint8Array): Promise<ReadFinger>;
  /** Match score; larger = more surely the same finger. */
  compare(a: Template, b: Template): Promise<number>;
  /** Puts a person's prints into the gallery, or new ones in their place. */
  enrol(caseId: string, prints: Prints): Promise<unknown>;
  /** Takes a person out of the gallery: nothing of them stays in memory. */
  forget(caseId: string): Promise<unknown>;
  /** The same fingers of everybody in the gallery but `except`. */
  search(prints: Prints, except: string): Promise<GalleryHit>;
  close(): Promise<void>;
}

/** A thread is started by file, and Node runs no TypeScript: from the sources, the built file is taken. */
const workerFile = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../../dist/server/pipeline/finger-worker.js", import.meta.url)
    : new URL("./finger-worker.js", import.meta.url),
);

export class ThreadedFingerEngine implements FingerEngine {
  readonly #open = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>();
  #worker: Worker | undefined;
  #lastId = 0;
  #starts = 0;

  /** Grows with every start of the thread: what an earlier one held in memory is gone. */
  get starts(): number {
    return this.#starts;
  }

  examine(print: GreyImage): Promise<Examined> {
    return this.#ask((id) => ({ id, kind: "examine", print }));
  }

  compare(a: Template, b: Template): Promise<number> {
    return this.#ask((id) => ({ id, kind: "compare", a, b }));
  }

  enrol(caseId: string, prints: Prints): Promise<unknown> {
    return this.#ask((id) => ({ id, kind: "enrol", caseId, prints }));
  }

  /** Where no thread runs, nothing is held. */
  async forget(caseId: string): Promise<unknown> {
    return this.#worker && this.#ask((id) => ({ id, kind: "forget", caseId }));
  }

  search(prints: Prints, except: string): Promise<GalleryHit> {
    return this.#ask((id) => ({ id, kind: "search", prints, except }));
  }

  read(bytes: Uint8Array): Promise<ReadFinger> {
    return this.#ask((id) => ({ id, kind: "read", bytes }));
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask<T>(make: (id: number) => FingerRequest): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const request = make(++this.#lastId);
      this.#open.set(request.id, { resolve: resolve as (value: never) => void, reject });
      this.#worker ??= this.#start();
      this.#worker.postMessage(request);
    });
  }

  #start(): Worker {
    this.#starts++;
    const worker = new Worker(workerFile, { execArgv: [] });
    worker.unref();
    worker.on("message", ({ id, value, failure }: FingerReply) => {
      const call = this.#open.get(id);
      this.#open.delete(id);
      if (failure) call?.reject(new KabinaError(failure.code, failure.details));
      else call?.resolve(value as never);
    });
    const fail = (cause?: unknown) => {
      this.#worker = undefined;
      for (const { reject } of this.#open.values())
        reject(new KabinaError("review/finger-engine-failed", {}, { cause }));
      this.#open.clear();
    };
    worker.on("error", fail);
    worker.on("exit", () => fail());
    return worker;
  }
}
