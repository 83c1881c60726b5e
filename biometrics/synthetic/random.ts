/** Repeatable chance: the same seed gives the same person, finger and picture on every machine. Not for keys. */

export interface SeededRandom {
  /** 0 ≤ x < 1. */
  next(): number;
  /** Between two bounds. */
  between(least: number, most: number): number;
  /** Mean 0, deviation 1. */
  gauss(): number;
  /** A whole number 0 ≤ n < count. */
  index(count: number): number;
  /** True this often, 0…1. */
  chance(share: number): boolean;
  /** One of a list. */
  pick<Item>(items: readonly Item[]): Item;
}

/** A generator from any seed; a text or number may name what it is for, so that two uses of one seed do not run alike. */
export function seededRandom(seed: number, ...purpose: readonly (string | number)[]): SeededRandom {
  // FNV-1a over seed and purpose, then sfc32 (Doty-Humphrey), which passes the usual batteries.
  let hash = 0x811c9dc5;
  for (const character of `${seed}|${purpose.join("|")}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  }
  let a = hash;
  let b = hash ^ 0x9e3779b9;
  let c = Math.imul(hash, 0x85ebca6b) | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 16; i++) next();
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    gauss: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    index: (count) => Math.floor(next() * count),
    chance: (share) => next() < share,
    pick: (items) => items[Math.floor(next() * items.length)]!,
  };
}
