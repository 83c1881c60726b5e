/** The finger engine as other rooms see it. */
export { bestOfN } from "./best-of.ts";
export { MOVING_SHARE, movementBetween } from "./doubts.ts";
export { extractTemplate } from "./extract.ts";
export { matchTemplates } from "./match.ts";
export { type FingerPosition, fingerPositions } from "./position.ts";
export { assessFinger, type FingerAssessment, type FingerReason } from "./quality.ts";
export { segmentSlap } from "./slap.ts";
export { cropFinger } from "./slap-crop.ts";
export type { Template } from "./template.ts";
