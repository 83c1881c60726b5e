/** What a comparison found at its best alignment; the input of the decision. */
export interface Evidence {
  /** Pairs of minutiae, and the sum of their weights (place, direction, descriptor). */
  pairs: number;
  weight: number;
  /** Minutiae of each print that lie where the other print shows finger. */
  reachA: number;
  reachB: number;
  /** Means over the pairs: distance in pixels after skin drag, difference of direction in radians. */
  distance: number;
  turn: number;
  /** Mean cosine of twice the difference of ridge flow, over how many cells, and mean relative difference of ridge period. */
  flow: number;
  flowCells: number;
  period: number;
}
