/** What a comparison found at its best alignment; the input of the decision. */
export interface Evidence {
  /** Log-odds of the first look at the best of the alignments tried; with nothing else when they were too low to go on. */
  odds: number;
  /** Pairs of minutiae, and the sum of their weights (place, direction, descriptor). */
  pairs: number;
  weight: number;
  /** Minutiae of each print that lie where the other print shows finger. */
  reachA: number;
  reachB: number;
  /** Means over the pairs: distance in pixels after skin drag, difference of direction in 1/65,536 turns. */
  distance: number;
  turn: number;
  /** Mean square difference of ridge direction (1/256 half turns), over how many points, and mean relative difference of period. */
  flow: number;
  flowCells: number;
  period: number;
}

export function makeEvidence(): Evidence {
  return {
    odds: 0,
    pairs: 0,
    weight: 0,
    reachA: 0,
    reachB: 0,
    distance: 0,
    turn: 0,
    flow: 0,
    flowCells: 0,
    period: 0,
  };
}

export const EVIDENCE_NUMBERS = 10;

/** Reads what the compiled matcher wrote. */
export function readEvidence(numbers: Float64Array): Evidence {
  return {
    odds: numbers[0]!,
    pairs: numbers[1]!,
    weight: numbers[2]!,
    reachA: numbers[3]!,
    reachB: numbers[4]!,
    distance: numbers[5]!,
    turn: numbers[6]!,
    flow: numbers[7]!,
    flowCells: numbers[8]!,
    period: numbers[9]!,
  };
}
