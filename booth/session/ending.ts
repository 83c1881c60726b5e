/** Why a session ends: kept for the erase receipt. */
import type { SessionContext } from "./context.ts";
import { sessionSetup } from "./setup.ts";

export function endAs(end: SessionContext["end"]) {
  return sessionSetup.assign({ end, problem: null, helpOpen: false });
}
