/** Kinds of chips that are in circulation, by what they can do. */
import type { VirtualPassportOptions } from "./passport.ts";

export const profiles = {
  /** What its files say, extended length. */
  standard: {},
  /** A chip of the first years: short commands only. */
  short: { extendedLength: false },
} as const satisfies Record<string, Omit<VirtualPassportOptions, "data" | "random">>;

export type ProfileName = keyof typeof profiles;
export const profileNames = Object.keys(profiles) as ProfileName[];

export function isProfile(name: string): name is ProfileName {
  return profileNames.includes(name as ProfileName);
}
