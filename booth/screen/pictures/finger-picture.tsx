import { type FingerName, Hand, PointingHand, type Side } from "./hand.tsx";
import { Picture } from "./picture.tsx";

export type FingerPhase = "place" | "hold" | "lift";

/** Both hands, the meant finger lit. `position` is the booth's name, e.g. `right-index`. */
export function HandsPicture({ position }: { position: string }) {
  const [side, finger] = position.split("-") as [Side, FingerName];
  return (
    <Picture>
      <g transform="translate(12 36) scale(0.98)">
        <Hand side="left" meant={side === "left" ? finger : undefined} faded={side !== "left"} />
      </g>
      <g transform="translate(242 36) scale(0.98)">
        <Hand side="right" meant={side === "right" ? finger : undefined} faded={side !== "right"} />
      </g>
    </Picture>
  );
}

/** A finger that comes to the sensor, rests on it, or leaves it. */
export function SensorPicture({ side, phase }: { side: Side; phase: FingerPhase }) {
  return (
    <Picture phase={phase} box="96 0 288 470">
      <rect className="device" x="120" y="20" width="240" height="190" rx="30" />
      <rect className="device-window" x="176" y="52" width="128" height="126" rx="22" />
      <g className="sensor-rings">
        <circle className="ring ring-1" cx="240" cy="116" r="38" />
        <circle className="ring ring-2" cx="240" cy="116" r="38" />
      </g>
      <g className="moving-hand">
        <g transform="translate(180 98)">
          <PointingHand side={side} />
        </g>
      </g>
    </Picture>
  );
}
