/** Kinds of chips by name: the features of their document, and how the chip itself behaves. */
import { type PassportFeatures, passportFeatures } from "../synthetic/features.ts";

export interface ChipProfile {
  /** Absent: as the document's folder says. */
  readonly features?: PassportFeatures;
  readonly extendedLength?: boolean;
}

const behaviours: Readonly<Record<string, ChipProfile>> = {
  "as-is": {},
  /** The same, in short commands only. */
  short: { extendedLength: false },
  "bac-short": { features: passportFeatures.bac, extendedLength: false },
  "pace-short": { features: passportFeatures["pace-gm"], extendedLength: false },
};

const profiles: Readonly<Record<string, ChipProfile>> = {
  ...behaviours,
  ...Object.fromEntries(Object.entries(passportFeatures).map(([name, features]) => [name, { features }])),
};

export const profileNames = Object.keys(profiles);

/** The profile of this name, if there is one. */
export function chipProfile(name: string): ChipProfile | undefined {
  return profiles[name];
}
