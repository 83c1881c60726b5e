/** The document's page on the scanner: its zone is read in a thread that is given little time; the person checks what it says. */
import { Worker } from "node:worker_threads";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Activity } from "../session/activity.ts";
import type { WatchedDevice } from "./devices.ts";
import { need } from "./devices.ts";
import type { PageReply } from "./page-thread.ts";

/** A thread is started by file, and Node runs no TypeScript: from the sources, the built file is taken. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/booth/capture/page-thread.js" : "./page-thread.js",
  import.meta.url,
);
/** Milliseconds for one page: a sharp one takes one or two seconds. */
const READ_MS = 30_000;

export function pageLoop(pages: WatchedDevice<"scanner">): Activity {
  return async (stage) => {
    try {
      const scanner = await need(pages, "scanner", stage);
      const page = await scanner.scanPage({ signal: stage.signal });
      const reply = await readPage(page.image, stage.signal);
      if ("lines" in reply) return await stage.emit({ type: "document.scanned", lines: reply.lines });
      return await stage.emit({ type: "document.unread", ...reply.failure });
    } catch (error) {
      if (stage.signal.aborted) return;
      if (!isCoded(error)) throw error;
      await stage.emit({ type: "document.unread", code: error.code, details: error.details });
    }
  };
}

async function readPage(image: Uint8Array, signal: AbortSignal): Promise<PageReply> {
  const thread = new Worker(threadFile, { workerData: image, execArgv: [] });
  try {
    return await new Promise<PageReply>((resolve, reject) => {
      const fail = (reason: string) => reject(new KabinaError("document/page-unreadable", { reason }));
      const late = setTimeout(() => fail("it took too long"), READ_MS);
      signal.addEventListener("abort", () => fail("it was no longer needed"), { once: true });
      thread.once("message", resolve);
      thread.once("error", ({ message }) => fail(message));
      thread.once("exit", (code) => {
        clearTimeout(late);
        fail(`exit ${code}`);
      });
    });
  } finally {
    await thread.terminate();
  }
}
