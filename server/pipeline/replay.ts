/** Does a case's stages again from the command line, on the store itself, whether or not the server runs beside it. */
import { join } from "node:path";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { ServerIdentity } from "../keys.ts";
import { Register } from "../register/register.ts";
import type { CaseDetail } from "../review/api.ts";
import { readCase } from "../review/case-detail.ts";
import { openStore } from "../store/store.ts";
import { knowledgeOf } from "./knowledge.ts";
import { Pipeline } from "./pipeline.ts";
import { createStages, readCountries } from "./stages.ts";

export interface ReplayOptions {
  /** `<data>/server` */
  readonly folder: string;
  readonly identity: ServerIdentity;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** @throws KabinaError `review/case-unknown`, `review/case-decided` */
export async function replayCase(caseId: string, options: ReplayOptions): Promise<CaseDetail> {
  const { folder, identity, clock, random } = options;
  const store = openStore(join(folder, "kabina.sqlite"), identity.recipients, random);
  const register = new Register(join(folder, "register.sqlite"));
  const stages = createStages(identity, await readCountries(folder), knowledgeOf(register, folder, clock));
  let fault: unknown;
  try {
    const pipeline = new Pipeline({
      store,
      clock,
      stages: stages.list,
      packagePath: (sha256) => join(folder, "uploads", `${sha256}.kab`),
      onChange: () => undefined,
      onFault: (error) => {
        fault = error;
      },
    });
    await pipeline.replay(caseId);
    await pipeline.idle();
    if (fault) throw fault;
    return await readCase(caseId, { store, register }, clock.now(), "en");
  } finally {
    await stages.close();
    register.close();
    store.close();
  }
}
