/** Where the passport portrait lies in a picture: one similarity that turns, scales and moves, and nothing else. */
import type { Point } from "../image/image.ts";
import type { FaceLimits } from "./limits.ts";

/** What the geometry is laid on. */
export interface FacePlaces {
  readonly eyes: { readonly right: Point; readonly left: Point };
  readonly chin: Point;
}

/** The portrait's rectangle in a picture. */
export interface PortraitFrame {
  /** Upper left corner, in pixels of the picture. */
  readonly origin: Point;
  /** Pixels of the picture. */
  readonly width: number;
  readonly height: number;
  /** Turn of its upper edge, in radians, clockwise. */
  readonly angle: number;
}

/** Lays the portrait: eyes level, middle of the eyes on the vertical middle line, size by the distance from eyes to chin. */
export function portraitFrame({ eyes, chin }: FacePlaces, limits: FaceLimits["portrait"]): PortraitFrame {
  const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
  const angle = Math.atan2(eyes.left.y - eyes.right.y, eyes.left.x - eyes.right.x);
  const height = Math.hypot(chin.x - middle.x, chin.y - middle.y) / limits.eyesToChin;
  const width = height * limits.aspect;
  const across = width / 2;
  const up = height * limits.eyesBelowTop;
  return {
    origin: {
      x: middle.x - Math.cos(angle) * across + Math.sin(angle) * up,
      y: middle.y - Math.sin(angle) * across - Math.cos(angle) * up,
    },
    width,
    height,
    angle,
  };
}
