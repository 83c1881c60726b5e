/** Dates of the MRZ, YYMMDD, and the century they belong to (9303-3 §4.8). */

/** Is this a day of some calendar year (of either century), or, where parts may be unknown, a date with fillers for them? */
export function isPlausibleDate(text: string, { partsMayBeUnknown }: { partsMayBeUnknown: boolean }): boolean {
  if (partsMayBeUnknown && /^(\d\d|<<)(\d\d|<<)(\d\d|<<)$/.test(text) && text.includes("<")) {
    const month = text.slice(2, 4);
    const day = text.slice(4);
    return (month === "<<" || inRange(month, 12)) && (day === "<<" || inRange(day, 31));
  }
  if (!/^\d{6}$/.test(text)) return false;
  const [year, month, day] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)].map(Number) as [
    number,
    number,
    number,
  ];
  return [1900, 2000].some((century) => {
    const date = new Date(Date.UTC(century + year, month - 1, day));
    return month >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  });
}

/** Full date of birth (`YYYY-MM-DD`, unknown parts left out from the end): the latest century that is not in the future. */
export function fullDateOfBirth(text: string, now: Date): string | undefined {
  if (!/^\d\d/.test(text) || !isPlausibleDate(text, { partsMayBeUnknown: true })) return undefined;
  const write = (century: number) => {
    const parts = [`${century}${text.slice(0, 2)}`];
    if (text[2] !== "<") parts.push(text.slice(2, 4));
    if (text[2] !== "<" && text[4] !== "<") parts.push(text.slice(4));
    return parts.join("-");
  };
  const thisCentury = Math.floor(now.getUTCFullYear() / 100);
  const recent = write(thisCentury);
  return recent <= now.toISOString().slice(0, recent.length) ? recent : write(thisCentury - 1);
}

/**
 * Full date of expiry: the century that puts it within 50 years of now. No document is valid for longer than ten years, so the nearer
 * century is the only one that makes sense.
 */
export function fullDateOfExpiry(text: string, now: Date): string | undefined {
  if (!isPlausibleDate(text, { partsMayBeUnknown: false })) return undefined;
  const year = Number(text.slice(0, 2));
  const century = Math.floor(now.getUTCFullYear() / 100) * 100;
  const candidates = [century - 100 + year, century + year, century + 100 + year];
  const distance = (candidate: number) => Math.abs(candidate - now.getUTCFullYear());
  const full = candidates.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
  return `${full}-${text.slice(2, 4)}-${text.slice(4)}`;
}

function inRange(digits: string, last: number): boolean {
  const value = Number(digits);
  return value >= 1 && value <= last;
}
