/** A fresh finger from the command line, on the store itself, whether or not the server runs beside it. */
import { join } from "node:path";
import type { ReplayOptions } from "../pipeline/replay.ts";
import { createStages } from "../pipeline/stages.ts";
import { openStore } from "../store/store.ts";
import type { FreshFinger } from "./api.ts";
import { Desk } from "./desk.ts";

/** Who compares, in the case's history. */
const COMMAND_LINE = "command-line";

/** @throws as `Desk.compare` */
export async function compareAtDesk(caseId: string, file: Uint8Array, options: ReplayOptions): Promise<FreshFinger> {
  const { folder, identity, clock, random } = options;
  const store = openStore(join(folder, "kabina.sqlite"), identity.keys.recipient, random);
  const stages = createStages(identity, []);
  try {
    return await new Desk({ store, clock, engine: stages.finger, feed: stages.feedOf(store) }).compare(
      caseId,
      COMMAND_LINE,
      file,
    );
  } finally {
    await stages.close();
    store.close();
  }
}
