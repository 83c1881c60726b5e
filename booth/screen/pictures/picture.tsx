import type { ReactNode } from "react";
import "./pictures.css";

/**
 * The frame of every drawing: 480 × 400 units. A drawing repeats what the sentence beside it says, so it is hidden from a
 * screen reader. `phase` picks the movement in pictures.css; with reduced motion the drawing stands still in its last pose.
 */
export function Picture({
  phase,
  box = "0 0 480 400",
  children,
}: {
  phase?: string;
  box?: string;
  children: ReactNode;
}) {
  return (
    <svg className="picture" data-phase={phase} viewBox={box} aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}
