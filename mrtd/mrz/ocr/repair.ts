/** From how likely each character is to lines that keep the norm's rules, telling of every character that was changed for it. */
import type { MrzFormat } from "../mrz.ts";
import type { MrzDoubt, MrzRepair } from "../reading.ts";
import { isState } from "../states.ts";
import { coveredFields, keptRules } from "./check-groups.ts";
import { mrzCharacters } from "./glyph-net.ts";
import { placesOf } from "./places.ts";

/** Characters that print alike; either may be read for the other, however sure the reader was. */
const alike = ["0ODQ", "1IL", "2Z", "5S", "8B", "6G", "4A", "7T", "UV", "MN", "CG<", "K<", "PR", "EF", "WM", "71"];
/** How unlikely an alternative may be: natural logarithms against the best character, for any and for one that looks alike. */
const maxLoss = { any: 6, alike: 11 } as const;
/** What all changes that check digits ask for may cost together, and how much better the best must be than any other way (e³ is 20 times). */
const maxRepairCost = 13;
const minLead = 3;
/** As many changes are tried, the likeliest ones, alone and in pairs. */
const maxChanges = 48;
/** Text of which the characters are less likely than this, as a mean, is no MRZ, and not worth repairing. */
const minMeanToRepair = Math.log(0.2);
/** A character that is less likely than this, and under no check digit, is one to look at. */
const minSure = 0.9;
/** A listed state is taken for three letters that are none at this loss at most. */
const maxStateLoss = 9;

export interface RepairedLines {
  readonly lines: readonly string[];
  readonly repairs: readonly MrzRepair[];
  readonly doubts: readonly MrzDoubt[];
  /** Logarithms of the likelihood: of the least certain character, and the mean. */
  readonly least: number;
  readonly mean: number;
  readonly kept: number;
  readonly rules: number;
}

interface Change {
  readonly line: number;
  readonly position: number;
  readonly character: string;
  readonly cost: number;
}

/** @param likelihoods of each character of each line, logarithms in the order of `mrzCharacters` */
export function repairLines(format: MrzFormat, likelihoods: readonly (readonly Float32Array[])[]): RepairedLines {
  const places = placesOf(format);
  const repairs: MrzRepair[] = [];
  const chance = (line: number, position: number, character: string) =>
    likelihoods[line]![position]![mrzCharacters.indexOf(character)]!;
  const bestOf = (line: number, position: number, among: string) =>
    [...among].reduce((best, one) => (chance(line, position, one) > chance(line, position, best) ? one : best));
  const note = (change: Omit<Change, "cost">, read: string, because: MrzRepair["because"]) => {
    const { line, position, character: repaired } = change;
    repairs.push({ line, position, field: places[line]![position]!.field, read, repaired, because });
  };

  const read = likelihoods.map((line, i) => line.map((_, k) => bestOf(i, k, mrzCharacters)));
  const lines = read.map((line, i) =>
    line.map((character, k) => {
      const { allowed } = places[i]![k]!;
      if (allowed.includes(character)) return character;
      const best = likeliest(character, allowed, (one) => chance(i, k, one));
      if (!isCloseEnough(character, best, chance(i, k, character) - chance(i, k, best))) return character;
      note({ line: i, position: k, character: best }, character, "position");
      return best;
    }),
  );
  for (const change of stateChanges(format, lines, chance)) {
    note(change, lines[change.line]![change.position]!, "position");
    lines[change.line]![change.position] = change.character;
  }
  const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const chances = () => lines.flatMap((line, i) => line.map((character, k) => chance(i, k, character)));
  const worthIt = meanOf(chances()) >= minMeanToRepair;
  for (const change of worthIt ? checkDigitChanges(format, lines, chance) : []) {
    const { line, position } = change;
    // What the position rule had changed and the check digit changes again is one repair.
    const earlier = repairs.findIndex((one) => one.line === line && one.position === position);
    if (earlier >= 0) repairs.splice(earlier, 1);
    if (read[line]![position] !== change.character) note(change, read[line]![position]!, "check-digit");
    lines[line]![position] = change.character;
  }

  const texts = lines.map((line) => line.join(""));
  const { kept, of } = keptRules(format, texts);
  return {
    lines: texts,
    repairs,
    doubts: doubtsOf(format, lines, kept === of, chance),
    least: Math.min(...chances()),
    mean: meanOf(chances()),
    kept,
    rules: of,
  };
}

type Chance = (line: number, position: number, character: string) => number;

/** Three letters that are no listed code become the listed code that they look like, when there is one such. */
function stateChanges(format: MrzFormat, lines: readonly (readonly string[])[], chance: Chance): Change[] {
  const changes: Change[] = [];
  const places = placesOf(format);
  for (const field of ["issuer", "nationality"]) {
    const at = places.flatMap((line, i) =>
      line.flatMap((place, k) => (place.field === field ? [[i, k] as const] : [])),
    );
    const text = at.map(([i, k]) => lines[i]![k]!).join("");
    if (isState(text.replace(/<+$/, ""))) continue;
    const loss = (code: string) =>
      at.reduce((sum, [i, k], n) => sum + chance(i, k, lines[i]![k]!) - chance(i, k, code[n]!), 0);
    // One letter off is all that is believed.
    const near = [...mrzCharacters]
      .flatMap((character) => at.map((_, n) => text.slice(0, n) + character + text.slice(n + 1)))
      .filter((code) => isState(code.replace(/<+$/, "")) && !/<[A-Z]/.test(code))
      .map((code) => ({ code, loss: loss(code) }))
      .sort((a, b) => a.loss - b.loss);
    const [best, second] = near;
    if (best === undefined || best.loss > maxStateLoss || (second && second.loss - best.loss < minLead)) continue;
    at.forEach(([line, position], n) => {
      if (lines[line]![position] !== best.code[n]) {
        changes.push({ line, position, character: best.code[n]!, cost: best.loss });
      }
    });
  }
  return changes;
}

/** The one or two changes after which every rule is kept, when one way is clearly likelier than all others; else none. */
function checkDigitChanges(
  format: MrzFormat,
  lines: readonly (readonly string[])[],
  chance: Chance,
): readonly Change[] {
  const texts = lines.map((line) => line.join(""));
  const allKept = (changed: readonly string[]) => {
    const { kept, of } = keptRules(format, changed);
    return kept === of;
  };
  if (allKept(texts)) return [];
  const places = placesOf(format);
  const changes = coveredFields(format).flatMap(([line, start, length]) =>
    Array.from({ length }, (_, i) => start + i).flatMap((position) => {
      const now = lines[line]![position]!;
      return [...places[line]![position]!.allowed]
        .filter((character) => character !== now)
        .map((character) => ({
          line,
          position,
          character,
          cost: Math.max(0, chance(line, position, now) - chance(line, position, character)),
        }))
        .filter(({ character, cost }) => isCloseEnough(now, character, cost));
    }),
  );
  changes.sort((a, b) => a.cost - b.cost).splice(maxChanges);
  const apply = (some: readonly Change[]) => {
    const changed = [...texts];
    for (const { line, position, character } of some) {
      changed[line] = changed[line]!.slice(0, position) + character + changed[line]!.slice(position + 1);
    }
    return changed;
  };
  const ways: { readonly changes: readonly Change[]; readonly cost: number }[] = [];
  for (const [i, one] of changes.entries()) {
    if (one.cost > maxRepairCost) continue;
    if (allKept(apply([one]))) ways.push({ changes: [one], cost: one.cost });
    for (const two of changes.slice(i + 1)) {
      const cost = one.cost + two.cost;
      if (cost > maxRepairCost || (one.line === two.line && one.position === two.position)) continue;
      if (allKept(apply([one, two]))) ways.push({ changes: [one, two], cost });
    }
  }
  ways.sort((a, b) => a.cost - b.cost);
  const [best, second] = ways;
  if (best === undefined || (second !== undefined && second.cost - best.cost < minLead)) return [];
  return best.changes;
}

/** What nobody vouches for: neither the reader itself nor, where all of them fit, the check digits. */
function doubtsOf(
  format: MrzFormat,
  lines: readonly (readonly string[])[],
  checksFit: boolean,
  chance: Chance,
): MrzDoubt[] {
  const covered = new Set(
    coveredFields(format).flatMap(([line, start, length]) => Array.from({ length }, (_, i) => `${line}/${start + i}`)),
  );
  return placesOf(format).flatMap((places, line) =>
    places.flatMap(({ field, allowed }, position) => {
      const read = lines[line]![position]!;
      const likelihood = Math.exp(chance(line, position, read));
      if (likelihood >= minSure || (checksFit && covered.has(`${line}/${position}`))) return [];
      const others = [...allowed].filter((one) => one !== read).join("");
      if (others === "") return [];
      const other = likeliest(read, others, (one) => chance(line, position, one));
      return [{ line, position, field, read, other, likelihood }];
    }),
  );
}

/** The likeliest of those allowed, what looks alike before what does not. */
function likeliest(read: string, allowed: string, chance: (character: string) => number): string {
  const worth = (one: string) => chance(one) + (looksAlike(read, one) ? maxLoss.alike - maxLoss.any : 0);
  return [...allowed].reduce((best, one) => (worth(one) > worth(best) ? one : best));
}

function isCloseEnough(read: string, other: string, loss: number): boolean {
  return loss <= (looksAlike(read, other) ? maxLoss.alike : maxLoss.any);
}

function looksAlike(one: string, other: string): boolean {
  return alike.some((group) => group.includes(one) && group.includes(other));
}
