/** The second person: who they say they are is checked, and goes into the audit log. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Activity } from "../session/activity.ts";
import type { StaffRoll } from "./roll.ts";

export function staffCheck(
  roll: StaffRoll,
  audit: (kind: string, data: Readonly<Record<string, string>>) => void,
): Activity {
  return async (stage) => {
    const { staffEntered, id } = stage.session;
    if (staffEntered === null) return;
    try {
      await roll.check(staffEntered.staff, staffEntered.pin);
      audit("finger.exception-approved", { session: id, staff: staffEntered.staff });
      await stage.emit({ type: "staff.approved", staff: staffEntered.staff });
    } catch (error) {
      if (!isCoded(error)) throw error;
      await stage.emit({ type: "staff.refused", code: error.code, details: error.details });
    }
  };
}
