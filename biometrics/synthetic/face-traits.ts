/** What makes a synthetic face one person's: drawn once from a seed, the same in every picture of that person. */
import { seededRandom } from "./random.ts";

/** Linear light, 0…1, of red, green, blue. */
export type Colour = readonly [number, number, number];

export type HairStyle = "bald" | "short" | "bob" | "long";

/** Lengths are in face units: 1 from the middle of the eyes to the chin. Factors are around 1. */
export interface FaceTraits {
  readonly seed: number;
  readonly sex: "F" | "M";
  /** Years. */
  readonly age: number;
  readonly skin: Colour;
  readonly lips: Colour;
  readonly iris: Colour;
  readonly hair: Colour;
  readonly hairStyle: HairStyle;
  /** How far hair falls into the brow (positive) or stands back from it. */
  readonly fringe: number;
  readonly cloth: Colour;
  /** Factors of breadth. */
  readonly faceWidth: number;
  readonly jawWidth: number;
  readonly noseWidth: number;
  readonly noseLength: number;
  readonly mouthWidth: number;
  readonly lipFullness: number;
  readonly eyeSize: number;
  readonly browThickness: number;
  /** Half the distance of the eye centres. */
  readonly eyeHalf: number;
  /** Tilt of the eyes' outer corners, upwards. */
  readonly eyeTilt: number;
  /** 0 none … 1 full beard; values below 0.4 are stubble. */
  readonly beard: number;
  /** 0 … 1. */
  readonly wrinkles: number;
  readonly freckles: number;
}

/** Skin from light to dark, linear. */
const skins: readonly Colour[] = [
  [0.66, 0.42, 0.32],
  [0.62, 0.38, 0.27],
  [0.56, 0.33, 0.22],
  [0.48, 0.27, 0.165],
  [0.36, 0.19, 0.11],
  [0.23, 0.115, 0.066],
  [0.16, 0.085, 0.055],
];
const hairs: readonly Colour[] = [
  [0.012, 0.01, 0.009],
  [0.03, 0.018, 0.011],
  [0.07, 0.04, 0.022],
  [0.16, 0.095, 0.045],
  [0.32, 0.22, 0.11],
  [0.2, 0.065, 0.025],
];
const irises: readonly Colour[] = [
  [0.045, 0.02, 0.01],
  [0.09, 0.045, 0.018],
  [0.12, 0.1, 0.04],
  [0.08, 0.14, 0.2],
  [0.13, 0.17, 0.19],
];
const cloths: readonly Colour[] = [
  [0.03, 0.05, 0.11],
  [0.05, 0.05, 0.055],
  [0.12, 0.03, 0.035],
  [0.05, 0.1, 0.08],
  [0.25, 0.22, 0.2],
  [0.16, 0.2, 0.3],
];

/** The person of a seed. Sex and age may be given, so that a face fits its papers. */
export function faceTraits(seed: number, given: { readonly sex?: "F" | "M"; readonly age?: number } = {}): FaceTraits {
  const c = seededRandom(seed, "face");
  const drawnSex = c.chance(0.5) ? "F" : "M";
  const drawnAge = 18 + c.index(61);
  const sex = given.sex ?? drawnSex;
  const age = given.age ?? drawnAge;
  const male = sex === "M";
  const tone = Math.min(skins.length - 1.001, c.next() * skins.length * 0.98);
  const at = Math.floor(tone);
  const skin = mix(skins[at]!, skins[Math.min(at + 1, skins.length - 1)]!, tone - at);
  const darkHair = tone > 3.4;
  const natural = darkHair ? hairs[c.index(2)]! : c.pick(hairs);
  const grey = Math.min(1, Math.max(0, (age - 42 + c.gauss() * 6) / 28));
  const hair = mix(natural, [0.36, 0.36, 0.37], grey * 0.9);
  const near = (deviation: number) => 1 + Math.max(-2.2, Math.min(2.2, c.gauss())) * deviation;
  return {
    seed,
    sex,
    age,
    skin,
    lips: mix([skin[0] * 0.82, skin[1] * 0.5, skin[2] * 0.55], [0.36, 0.07, 0.075], male ? 0.12 : c.between(0.15, 0.6)),
    iris: darkHair ? irises[c.index(2)]! : c.pick(irises),
    hair,
    hairStyle: male
      ? c.chance(age > 45 ? 0.3 : 0.08)
        ? "bald"
        : "short"
      : c.pick(["bob", "long", "long", age > 55 ? "short" : "bob"] as const),
    fringe: c.chance(male ? 0.2 : 0.35) ? c.between(0.1, 0.26) : c.between(-0.05, 0.05),
    cloth: c.pick(cloths),
    faceWidth: near(0.03) * (male ? 1.01 : 0.98),
    jawWidth: near(0.04) * (male ? 1.05 : 0.93),
    noseWidth: near(0.08) * (tone > 3.4 ? 1.15 : 1) * (male ? 1.05 : 0.95),
    noseLength: near(0.05),
    mouthWidth: near(0.06),
    lipFullness: near(0.12) * (tone > 3.4 ? 1.3 : 1) * (male ? 0.9 : 1.1),
    eyeSize: near(0.05) * (male ? 0.97 : 1.05),
    browThickness: near(0.15) * (male ? 1.2 : 0.8),
    eyeHalf: 0.3 * near(0.025),
    eyeTilt: c.gauss() * 0.012 + 0.012,
    beard: male ? (c.chance(0.28) ? c.between(0.55, 1) : c.between(0.02, 0.4)) : 0,
    wrinkles: Math.min(1, Math.max(0, (age - 28) / 45)),
    freckles: tone < 2 && c.chance(0.35) ? c.between(0.3, 1) : 0,
  };
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}
