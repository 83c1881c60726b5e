/**
 * What a person can be told while the portrait is taken, or of a portrait that was taken: one code each. The sentences, in
 * each language, live with the screens. Left and right are the person's own.
 */
export const hintCodes = [
  "camera-black",
  "camera-frozen",
  "no-face",
  "several-faces",
  "come-closer",
  "move-back",
  "move-left",
  "move-right",
  "sit-higher",
  "sit-lower",
  "turn-left",
  "turn-right",
  "chin-up",
  "chin-down",
  "straighten-head",
  "open-eyes",
  "look-at-camera",
  "close-mouth",
  "neutral-face",
  "remove-dark-glasses",
  "tilt-glasses",
  "uncover-face",
  "uncover-eyes",
  "remove-head-covering",
  "more-light",
  "less-light",
  "even-light",
  "clear-background",
  "wipe-lens",
  "colour-needed",
  "better-file",
  "no-flash",
  "hold-still",
  "ready",
] as const;

export type HintCode = (typeof hintCodes)[number];
