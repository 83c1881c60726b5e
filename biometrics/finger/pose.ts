/** Laying one print on another: a turn and shift, found from pairs of minutiae. */

/** Point (ax, ay) of the first print falls on (bx, by) of the second, and the print turns around it. */
export interface Pose {
  cos: number;
  sin: number;
  turn: number;
  ax: number;
  ay: number;
  bx: number;
  by: number;
}

export function makePose(): Pose {
  return { cos: 1, sin: 0, turn: 0, ax: 0, ay: 0, bx: 0, by: 0 };
}

export function setTurn(pose: Pose, turn: number): void {
  pose.turn = turn;
  pose.cos = Math.cos(turn);
  pose.sin = Math.sin(turn);
}

/** Difference of two angles brought to -π..π; both within ±4π. */
export function wrap(angle: number): number {
  let a = angle;
  while (a > Math.PI) a -= 2 * Math.PI;
  while (a < -Math.PI) a += 2 * Math.PI;
  return a;
}
