import type { Rejected } from "../link/booth-link.ts";
import { Icon } from "./icon.tsx";

/** What the booth did not take, above the controls; it moves nothing. */
export function Rejection({ rejected }: { rejected: Rejected }) {
  return (
    <div className="rejection" role="alert">
      <Icon name="info" />
      <p>
        {rejected.cause} {rejected.next}
      </p>
    </div>
  );
}
