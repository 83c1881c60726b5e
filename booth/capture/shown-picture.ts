/** The chip's portrait as a browser can show it: JPEG as it is, JPEG 2000 decoded in a thread that is given little time. */
import { Worker } from "node:worker_threads";

/** A thread is started by file, and Node runs no TypeScript: from the sources, the built file is taken. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/booth/capture/shown-picture-thread.js" : "./shown-picture-thread.js",
  import.meta.url,
);
/** Milliseconds: a portrait of 20 KB takes half a second with the thread's start; what takes so long, on the slowest machine, was made to. */
const DECODE_MS = 20_000;
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } as const;

/** Resolves with null for a picture that cannot be shown: the chip is read all the same. Never rejects. */
export async function shownPicture(picture: {
  readonly mediaType: string;
  readonly data: Uint8Array;
}): Promise<Uint8Array | null> {
  if (picture.mediaType === "image/jpeg") return picture.data;
  const thread = new Worker(threadFile, { workerData: picture.data, execArgv: [], resourceLimits });
  const jpeg = await new Promise<Uint8Array | null>((resolve) => {
    const late = setTimeout(() => resolve(null), DECODE_MS);
    const end = (result: Uint8Array | null) => {
      clearTimeout(late);
      resolve(result);
    };
    thread.once("message", end);
    thread.once("error", () => end(null));
    thread.once("exit", () => end(null));
  });
  await thread.terminate();
  return jpeg;
}
