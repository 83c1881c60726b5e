/** A fresh finger from the command line, on the store itself, whether or not the server runs beside it. */
import { join } from "node:path";
import { ThreadedFingerEngine } from "../pipeline/finger-engine.ts";
import { GalleryFeed } from "../pipeline/gallery-feed.ts";
import type { ReplayOptions } from "../pipeline/replay.ts";
import { openStore } from "../store/store.ts";
import type { FreshFinger } from "./api.ts";
import { Desk } from "./desk.ts";

/** Who compares, in the case's history. */
const COMMAND_LINE = "command-line";

/** @throws as `Desk.compare` */
export async function compareAtDesk(caseId: string, file: Uint8Array, options: ReplayOptions): Promise<FreshFinger> {
  const { folder, identity, clock, random } = options;
  const store = openStore(join(folder, "kabina.sqlite"), identity.recipients, random);
  const engine = new ThreadedFingerEngine();
  try {
    const feed = new GalleryFeed(engine, store);
    return await new Desk({ store, clock, engine, feed }).compare(caseId, COMMAND_LINE, file);
  } finally {
    await engine.close();
    store.close();
  }
}
