/** Reads the machine-readable zone out of a scanned page. Started by `page-loop.ts`, for one page. */
import { parentPort, workerData } from "node:worker_threads";
import { decodeGrey } from "../../biometrics/image/codec.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { readMrzFromImage } from "../../mrtd/mrz/read-image.ts";

export type PageReply =
  | { readonly lines: readonly string[] }
  | { readonly failure: { readonly code: string; readonly details: Readonly<Record<string, string | number>> } };

/** Nominal: nothing that is measured depends on it. */
const PPI = 300;

async function answer(): Promise<PageReply> {
  try {
    const page = await decodeGrey(workerData as Uint8Array, { ppi: PPI });
    return { lines: (await readMrzFromImage(page)).lines };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { failure: { code: error.code, details: error.details as Record<string, string | number> } };
  }
}

parentPort?.postMessage(await answer());
