/** Signs of a picture instead of a face; their own file, so that a browser can have the names without the engine. */
export const presentationSignals = [
  "RegularTexture",
  "StraightBorder",
  "FlatMotion",
  "Challenge",
  "ScreenReflection",
] as const;
export type PresentationSignalName = (typeof presentationSignals)[number];
