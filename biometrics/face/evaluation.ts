/** How well faces are told apart on a folder of pictures: every pair is compared once. */
import { type ErrorRates, errorRates } from "../finger/error-rates.ts";
import { leastFmr, likenessEngine, likenessOf } from "./likeness.ts";

/** A picture's descriptor, and whom it shows. */
export interface DescribedFace {
  readonly person: string;
  readonly descriptor: Float32Array;
}

export interface FaceEvaluation extends ErrorRates {
  readonly engine: string;
  readonly people: number;
  readonly pictures: number;
  /** The calibration against this folder: share of pairs of different people whose estimated rate is at most `fmr`, and of the same person's that miss it. */
  readonly calibration: readonly { readonly fmr: number; readonly measured: number; readonly fnmr: number }[];
  /** Distance below which this share of the pairs of different people lies. */
  readonly distances: readonly { readonly fmr: number; readonly distance: number }[];
}

const rates = [leastFmr, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5] as const;

export function evaluateFaces(faces: readonly DescribedFace[]): FaceEvaluation {
  const same: { distance: number; fmr: number }[] = [];
  const different: { distance: number; fmr: number }[] = [];
  faces.forEach((one, i) => {
    for (const other of faces.slice(0, i))
      (one.person === other.person ? same : different).push(likenessOf(one.descriptor, other.descriptor));
  });
  const away = ({ distance }: { distance: number }) => -distance;
  const sorted = different.map(({ distance }) => distance).sort((a, b) => a - b);
  const share = (list: readonly { fmr: number }[], is: (fmr: number) => boolean) =>
    list.length === 0 ? Number.NaN : list.filter(({ fmr }) => is(fmr)).length / list.length;
  return {
    ...errorRates(same.map(away), different.map(away)),
    engine: likenessEngine,
    people: new Set(faces.map(({ person }) => person)).size,
    pictures: faces.length,
    calibration: rates.map((fmr) => ({
      fmr,
      measured: share(different, (own) => own <= fmr),
      fnmr: share(same, (own) => own > fmr),
    })),
    // A rate that fewer than three pairs stand for is not stated.
    distances: rates
      .filter((fmr) => fmr * sorted.length >= 3)
      .map((fmr) => ({ fmr, distance: sorted[Math.floor(fmr * sorted.length)]! })),
  };
}
