/**
 * What the recorded scores say of the prints: which of them are of one finger, whose finger that is, and which print of each
 * position to keep. Pure: the same scores give the same verdicts, at the booth and wherever else they are looked at again.
 */
import type { FingerPosition, FingerVerdict } from "../../crypto/package/enrolment.ts";
import type { BlobId, FingerTry } from "./captures.ts";

export interface Impression {
  readonly position: FingerPosition;
  readonly print: Pick<FingerTry, "blob" | "quality" | "scores">;
}

export const fingerThresholds = {
  /** Score from which prints given as different fingers are of the same (one false match in 10,000). */
  same: 40,
  /** Score from which prints given as one finger agree (one in 1,000: that they agree is what one expects). */
  agree: 30,
} as const;

/** Prints of the positions in the order in which they were asked for, and in the order in which they were taken. */
export function judgeFingers(impressions: readonly Impression[]): ReadonlyMap<BlobId, FingerVerdict> {
  const groups = groupsOf(impressions);
  const positions = [...new Set(impressions.map(({ position }) => position))];
  const owner = ownersOf(groups, positions);
  const own = new Map(positions.map((position) => [position, chosenGroup(groups, owner, position)]));
  const verdicts = new Map<BlobId, FingerVerdict>();
  for (const [index, group] of groups.entries())
    for (const one of group) {
      const whose = owner[index] as FingerPosition;
      const others = group.filter((other) => other !== one && (whose === one.position || other.position === whose));
      const score = others.length === 0 ? null : Math.max(...others.map((other) => scoreOf(one, other)));
      const { blob } = one.print;
      if (whose !== one.position) verdicts.set(blob, { kind: "other-finger", position: whose, score });
      else if (own.get(whose) !== group) verdicts.set(blob, { kind: "unlike", position: null, score: null });
      else verdicts.set(blob, { kind: others.length > 0 ? "own" : "single", position: null, score });
    }
  return verdicts;
}

/** Index of the print to keep of one position; null before the first. */
export function bestPrint(
  prints: readonly Impression["print"][],
  verdicts: ReadonlyMap<BlobId, FingerVerdict>,
  wanted: number,
): number | null {
  const rank = { own: 3, single: 3, unlike: 2, "other-finger": 1 } as const;
  const rankOf = ({ blob }: Impression["print"]) => rank[verdicts.get(blob)?.kind ?? "unlike"];
  const most = Math.max(0, ...prints.map(rankOf));
  const eligible = prints.filter((print) => rankOf(print) === most);
  const good = eligible.filter(({ quality }) => quality >= wanted);
  const pool = good.length > 0 ? good : eligible;
  // The one that agrees best with the others of this finger; where nothing can be compared, the better one.
  const agreement = (print: Impression["print"]) =>
    eligible.reduce((sum, other) => (other === print ? sum : sum + between(print, other)), 0);
  const best = pool.reduce<Impression["print"] | null>((a, b) => {
    if (a === null) return b;
    const gain = agreement(b) - agreement(a);
    return gain > 0 || (gain === 0 && b.quality > a.quality) ? b : a;
  }, null);
  return best === null ? null : prints.indexOf(best);
}

/** Scores of all against all; the diagonal is 0. */
export function scoreMatrix(prints: readonly Impression["print"][]): number[][] {
  return prints.map((one) => prints.map((other) => (one === other ? 0 : between(one, other))));
}

/** Each print holds its scores against those taken before it. */
function between(one: Impression["print"], other: Impression["print"]): number {
  return one.scores[other.blob] ?? other.scores[one.blob] ?? 0;
}

const scoreOf = (one: Impression, other: Impression): number => between(one.print, other.print);

type Group = readonly Impression[];

/** Prints that hang together by scores above the thresholds. */
function groupsOf(impressions: readonly Impression[]): Group[] {
  const groups: Impression[][] = [];
  for (const one of impressions) {
    const like = (other: Impression) =>
      scoreOf(one, other) >= (one.position === other.position ? fingerThresholds.agree : fingerThresholds.same);
    const joined = groups.filter((group) => group.some(like));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), one]);
  }
  return groups;
}

/**
 * Whose finger each group is. A group given as two fingers belongs to one of them: so that as many positions as possible have a
 * finger of their own; where all have one, so that as many prints as possible were right; else to the one asked for first.
 */
function ownersOf(groups: readonly Group[], positions: readonly FingerPosition[]): FingerPosition[] {
  const claims = groups.map((group) => positions.filter((position) => group.some((one) => one.position === position)));
  let best: { owners: FingerPosition[]; served: number; right: number } | undefined;
  const choose = (owners: FingerPosition[]): void => {
    const claimants = claims[owners.length];
    if (claimants !== undefined) {
      // Only the contested are a question; of very many, the first claimant has it.
      for (const claimant of owners.length < MOST_CONTESTED ? claimants : claimants.slice(0, 1))
        choose([...owners, claimant]);
      return;
    }
    const served = new Set(owners).size;
    const rightIn = (group: Group, index: number) => group.filter(({ position }) => position === owners[index]).length;
    const right = served < positions.length ? 0 : groups.reduce((sum, group, index) => sum + rightIn(group, index), 0);
    if (best === undefined || served > best.served || (served === best.served && right > best.right))
      best = { owners, served, right };
  };
  choose([]);
  return best?.owners ?? [];
}

/** Groups up to which every way of owning them is weighed: a session has a handful. */
const MOST_CONTESTED = 16;

/** Of a position's own groups, the largest; of equals, the one with the better print. */
function chosenGroup(
  groups: readonly Group[],
  owner: readonly FingerPosition[],
  position: FingerPosition,
): Group | undefined {
  const quality = (group: Group) => Math.max(...group.map(({ print }) => print.quality));
  return groups
    .filter((_, index) => owner[index] === position)
    .sort((a, b) => b.length - a.length || quality(b) - quality(a))[0];
}
