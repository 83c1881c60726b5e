/** The name field of an MRZ (9303-3 §4.6, truncation: 9303-4 §4.2.3, 9303-5 §4.2.3, 9303-6 §4.2.3). */

export interface Names {
  readonly primaryIdentifier: string;
  readonly secondaryIdentifier: string;
}

/** `PRIMARY<<SECONDARY<NAMES`, filled to the width. */
export function parseNames(field: string): Names & { truncated: boolean; sound: boolean } {
  const text = field.replace(/<+$/, "");
  const gap = text.indexOf("<<");
  const primary = gap < 0 ? text : text.slice(0, gap);
  const secondary = gap < 0 ? "" : text.slice(gap + 2);
  return {
    primaryIdentifier: primary.replaceAll("<", " "),
    secondaryIdentifier: secondary.replace(/<+/g, " ").trim(),
    truncated: field.length > 0 && !field.endsWith("<"),
    sound: /^[A-Z]/.test(field) && !/[^A-Z<]/.test(field) && !secondary.includes("<<"),
  };
}

/**
 * Composes the name field. Names that do not fit are cut so that at least one letter of the secondary identifier stays and the
 * last position holds a letter, which is how a reader sees that something was cut.
 */
export function composeNames(names: Names, width: number): string {
  const primary = words(names.primaryIdentifier);
  const secondary = words(names.secondaryIdentifier);
  const join = (first: readonly string[], second: readonly string[]) =>
    second.length === 0 ? first.join("<") : `${first.join("<")}<<${second.join("<")}`;

  const whole = join(primary, secondary);
  if (whole.length <= width) return whole.padEnd(width, "<");
  if (secondary.length === 0) return endOnLetter(primary, width, (parts) => parts.join("<"));

  // Keep the primary identifier whole when room for `<<` and one letter remains; else cut it back to that room.
  const room = width - "<<X".length;
  let kept =
    primary.join("<").length <= room ? primary : endOnLetter(primary, room, (parts) => parts.join("<")).split("<");
  for (;;) {
    const field = endOnLetter(secondary, width, (parts) => join(kept, parts));
    const longest = kept.reduce((most, word, i) => (word.length > kept[most]!.length ? i : most), 0);
    if (!field.endsWith("<") || kept[longest]!.length <= 1) return field;
    // Given names of one letter leave a filler at the end, as if nothing had been cut: then the primary identifier gives a letter.
    kept = kept.map((word, i) => (i === longest ? word.slice(0, -1) : word));
  }
}

/** Cuts the composed text at the width; when that would end on a filler, shortens the word before it by one letter, and again. */
function endOnLetter(parts: readonly string[], width: number, compose: (parts: readonly string[]) => string): string {
  const words = [...parts];
  for (;;) {
    const cut = compose(words).slice(0, width);
    if (!cut.endsWith("<")) return cut.padEnd(width, "<");
    let longest = 0;
    let reached = 0;
    for (let i = 0; i < words.length && reached < cut.length; i++) {
      reached = compose(words.slice(0, i + 1)).length;
      if (words[i]!.length > words[longest]!.length) longest = i;
    }
    if (words[longest]!.length <= 1) return cut.replace(/<+$/, "").padEnd(width, "<");
    words[longest] = words[longest]!.slice(0, -1);
  }
}

/** Words as the MRZ writes them: apostrophes vanish, hyphens and spaces separate (9303-3 §4.6). */
function words(name: string): string[] {
  return name
    .toUpperCase()
    .replace(/['’ʼ.]/g, "")
    .split(/[\s\-,<]+/)
    .filter((word) => word.length > 0);
}
