/**
 * The signals of a presentation attack that one camera can see: a picture of a picture rather than a face. Each raises the
 * operator's attention; none rejects, alone or together. What they were tried on is in docs/faces.md: generated attacks, no real one.
 */
import type { RgbImage } from "../../image/image.ts";
import type { FaceLimits } from "../limits.ts";
import type { ObservedFace } from "../observation.ts";
import { straightBorder } from "./border.ts";
import type { ChallengeResult } from "./challenge.ts";
import type { FlatMotion } from "./flat-motion.ts";
import type { Reflection } from "./reflection.ts";
import type { PresentationSignalName } from "./signal-names.ts";
import { regularTexture } from "./texture.ts";

export interface PresentationSignal {
  readonly name: PresentationSignalName;
  /**
   * Decibels; share of a straight line; depth over turn in eye distances per degree; share of the challenges that were not met; how much more
   * of the screen's colour the face took than what is behind it. Null where nothing could be told.
   */
  readonly raw: number | null;
  /** 0 (as an attack would be) … 100 (as a face is); 50 at the limit. */
  readonly value: number;
  readonly suspicious: boolean;
}

/** What a single still can tell. */
export function stillSignals(
  still: RgbImage,
  face: ObservedFace,
  limits: FaceLimits["presentation"],
): readonly PresentationSignal[] {
  return [
    signal("RegularTexture", regularTexture(still, face.box), limits.texture, 1),
    signal("StraightBorder", straightBorder(still, face), limits.border, 0.05),
  ];
}

/** What the motion before the still can tell; a head that hardly turned tells nothing. */
export function motionSignal(motion: FlatMotion | undefined, limits: FaceLimits["presentation"]): PresentationSignal {
  const told = motion !== undefined && motion.turn >= limits.turn;
  const flat = told ? -motion.depth / motion.turn : undefined;
  return signal("FlatMotion", flat, -limits.depthPerDegree, limits.depthPerDegree / 8);
}

/** What came of the challenges; none asked tells nothing. A person who cannot do what is asked misses it too: attention, no more. */
export function challengeSignal(
  results: readonly ChallengeResult[],
  limits: FaceLimits["presentation"],
): PresentationSignal {
  const missed = results.filter(({ met }) => !met).length;
  return signal("Challenge", results.length === 0 ? undefined : missed / results.length, limits.missed, 0.15);
}

/** What the screen's colours did to the face; a change that does not follow them is none of theirs. */
export function reflectionSignal(
  reflection: Reflection | undefined,
  limits: FaceLimits["presentation"],
): PresentationSignal {
  const taken = reflection && (reflection.match >= limits.match ? reflection.strength : 0);
  return signal(
    "ScreenReflection",
    taken === undefined ? undefined : -taken,
    -limits.reflection,
    limits.reflection / 8,
  );
}

/** @param limit from which larger is suspicious. @param width how fast the value falls around it. */
function signal(
  name: PresentationSignalName,
  raw: number | undefined,
  limit: number,
  width: number,
): PresentationSignal {
  if (raw === undefined) return { name, raw: null, value: 100, suspicious: false };
  const value = Math.round(100 / (1 + Math.exp((raw - limit) / width)));
  return { name, raw: Math.abs(raw), value, suspicious: raw >= limit };
}

/** 0 … 100: how natural all of it looks; the weakest signal decides. */
export function presentationScore(signals: readonly Pick<PresentationSignal, "value">[]): number {
  return signals.reduce((least, { value }) => Math.min(least, value), 100);
}
