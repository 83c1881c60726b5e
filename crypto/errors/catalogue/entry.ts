/** `{name}` in a text is filled from the error's details. */
export interface ErrorText {
  readonly cause: { readonly en: string; readonly ru: string };
  readonly next: { readonly en: string; readonly ru: string };
}

/** Gives the texts of one room their type without losing their codes. */
export function errorTexts<Code extends string>(texts: Record<Code, ErrorText>): Record<Code, ErrorText> {
  return texts;
}
