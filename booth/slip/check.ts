/** The slip step's effect: what was entered is judged against the book. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Activity } from "../session/activity.ts";
import type { SlipBook } from "./book.ts";

/** `strange`: told of a slip that nobody known has signed: the desk may have a key that the booth has not heard of. */
export function slipCheck(book: SlipBook, strange: () => void = () => {}): Activity {
  return async (stage) => {
    const { slipEntered, id } = stage.session;
    if (slipEntered === null) return;
    try {
      const { slip, entered } = await book.check(slipEntered, id);
      await stage.emit({
        type: "slip.accepted",
        number: slip.number,
        issuedAt: slip.issuedAt.toISOString(),
        entered,
      });
    } catch (error) {
      if (!isCoded(error) || !error.code.startsWith("slip/")) throw error;
      if (error.code === "slip/forged" || error.code === "slip/unknown") strange();
      await stage.emit({ type: "slip.refused", code: error.code, details: error.details });
    }
  };
}
