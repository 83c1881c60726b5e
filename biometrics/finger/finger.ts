/** The finger engine as other rooms see it. */
export { type BestOf, bestOfN } from "./best-of.ts";
export { EXTRACTOR_VERSION, extractTemplate } from "./extract.ts";
export { type MatchResult, matchTemplates } from "./match.ts";
export { type FingerPosition, fingerPositions } from "./position.ts";
export { assessFinger, type FingerAssessment, type FingerMeasures, type FingerReason } from "./quality.ts";
export { type Slap, type SlapFinger, segmentSlap } from "./slap.ts";
export { cropFinger } from "./slap-crop.ts";
export type { FlowMap, Minutia, MinutiaType, SingularPoint, Template } from "./template.ts";
