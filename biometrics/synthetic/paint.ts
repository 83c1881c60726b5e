/** The colour of one pixel before light falls on it. */

/** What a painter says of one pixel; it is filled in anew for each. */
export interface Paint {
  /** Linear light sent back, 0…1. */
  red: number;
  green: number;
  blue: number;
  /** Strength of the shine. */
  shine: number;
  /** Share of the light from all round that gets here. */
  open: number;
  /** Normal in head coordinates to take instead of the surface's, and how much of it. */
  ballX: number;
  ballY: number;
  ballZ: number;
  ball: number;
}

export function emptyPaint(): Paint {
  return { red: 0, green: 0, blue: 0, shine: 0, open: 1, ballX: 0, ballY: 0, ballZ: -1, ball: 0 };
}

/** Lays a colour over what is there. */
export function lay(paint: Paint, red: number, green: number, blue: number, share: number): void {
  paint.red += (red - paint.red) * share;
  paint.green += (green - paint.green) * share;
  paint.blue += (blue - paint.blue) * share;
}
