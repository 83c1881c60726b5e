/** Check digit of 9303-3 §4.9: weights 7, 3, 1; digits as they are, A–Z as 10–35, the filler as 0. */
export function checkDigit(text: string): string {
  const weights = [7, 3, 1];
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += digitValue(text[i]!) * weights[i % 3]!;
  return String(sum % 10);
}

function digitValue(character: string): number {
  if (character === "<") return 0;
  const value = Number.parseInt(character, 36);
  return Number.isNaN(value) ? 0 : value;
}
