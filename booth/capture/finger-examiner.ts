/**
 * The finger engine in a thread of its own, so that the booth answers while a print is judged. The thread begins with a session's
 * first finger and ends with the session: an idle booth does not hold its memory, and no template outlives its person.
 */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { GreyImage } from "../../biometrics/image/image.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Examination, ExaminerReply, ExaminerRequest, FingerSight } from "./finger-examiner-thread.ts";

/** A thread is started by file, and Node runs no TypeScript: from the sources, the built file is taken. */
const threadFile = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../../dist/booth/capture/finger-examiner-thread.js", import.meta.url)
    : new URL("./finger-examiner-thread.js", import.meta.url),
);
const resourceLimits = { maxYoungGenerationSizeMb: 4 } as const;

export interface KnownPrint {
  readonly id: string;
  /** Asked for once in a session. */
  readonly picture: () => Promise<GreyImage>;
}

interface Call {
  readonly request: ExaminerRequest;
  readonly resolve: (reply: ExaminerReply | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class FingerExaminer {
  #thread: Worker | undefined;
  /** Prints whose templates the thread has. */
  #known = new Set<string>();
  #running: Call | undefined;
  #prints: Call[] = [];
  #frame: Call | undefined;

  /**
   * Looks at a live picture. While one is in work one more may wait; a newer takes its place and the older call resolves to
   * undefined. Throws `finger/engine-failed` and what the engine says of the picture.
   */
  async observe(image: GreyImage): Promise<FingerSight | undefined> {
    return (await this.#call({ kind: "observe", image }))?.sight;
  }

  /** Judges a print and compares it with others; never dropped. Throws as `observe`. */
  async examine(id: string, image: GreyImage, others: readonly KnownPrint[]): Promise<Examination> {
    const pictures = await Promise.all(
      others.map(async (other) => ({
        id: other.id,
        image: this.#known.has(other.id) ? null : await other.picture(),
      })),
    );
    const reply = await this.#call({ kind: "examine", id, image, others: pictures });
    // The thread has its own copy until the session ends.
    for (const picture of pictures) picture.image?.data.fill(0);
    for (const known of [id, ...others.map((other) => other.id)]) this.#known.add(known);
    return reply!.examination!;
  }

  /** Ends the thread, and with it every template. The next call begins another. */
  async rest(): Promise<void> {
    const thread = this.#thread;
    this.#fail(thread, new KabinaError("finger/engine-failed", { reason: "ended" }));
    await thread?.terminate();
  }

  #call(request: ExaminerRequest): Promise<ExaminerReply | undefined> {
    return new Promise((resolve, reject) => {
      const call = { request, resolve, reject };
      if (request.kind === "examine") this.#prints.push(call);
      else {
        this.#frame?.resolve(undefined);
        this.#frame = call;
      }
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const call = this.#prints.shift() ?? this.#frame;
    if (call === undefined) {
      // An idle examiner keeps no process alive.
      this.#thread?.unref();
      return;
    }
    if (call === this.#frame) this.#frame = undefined;
    this.#running = call;
    this.#thread ??= this.#open();
    this.#thread.ref();
    this.#thread.postMessage(call.request);
  }

  #open(): Worker {
    const thread = new Worker(threadFile, { execArgv: [], resourceLimits });
    const failed = (reason: string) => this.#fail(thread, new KabinaError("finger/engine-failed", { reason }));
    thread.on("message", (reply: ExaminerReply) => this.#finish(reply));
    thread.on("error", (error) => failed(error.message));
    thread.on("exit", (code) => failed(`exit ${code}`));
    return thread;
  }

  #finish(reply: ExaminerReply): void {
    const call = this.#running;
    this.#running = undefined;
    if (reply.failure === undefined) call?.resolve(reply);
    else call?.reject(new KabinaError(reply.failure.code, reply.failure.details));
    this.#next();
  }

  #fail(thread: Worker | undefined, failure: KabinaError): void {
    if (thread === undefined || thread !== this.#thread) return;
    const open = [this.#running, this.#frame, ...this.#prints];
    this.#thread = undefined;
    this.#known = new Set();
    this.#running = undefined;
    this.#frame = undefined;
    this.#prints = [];
    for (const call of open) call?.reject(failure);
  }
}
