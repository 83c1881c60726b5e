/** Every threshold of the portrait, with its unit, in one object that policy may replace. */
export const faceLimits = {
  /** What the engine takes for a face. */
  detection: {
    /** Detector score, 0…1. */
    confidence: 0.5,
    /** Mesh score, 0…1. */
    meshConfidence: 0.5,
    /** Overlap (intersection over union) above which two boxes are one face. */
    overlap: 0.3,
    /** A further face counts when its area is at least this share of the first one's. */
    secondFaceShare: 0.03,
    /** Faces told apart at most. */
    faces: 8,
    /** Frames between two searches of the whole picture while a face is followed. */
    searchEvery: 6,
  },
  /** What the live guide asks for before it takes a picture. */
  guide: {
    /** Eye distance over frame width: nearer than `most` or farther than `least` is not taken. */
    eyeDistance: { least: 0.085, most: 0.16 },
    /** Eye middle, share of frame width and height. */
    horizontal: { least: 0.42, most: 0.58 },
    vertical: { least: 0.32, most: 0.54 },
    /** Degrees either way. */
    yaw: 8,
    pitch: 10,
    roll: 6,
    /** As in the observation. */
    eyesOpen: 0.02,
    mouthOpen: 0.12,
    brightness: { black: 0.004, least: 0.05, most: 0.75 },
    under: 0.6,
    over: 0.2,
    balance: 0.45,
    sharpness: 0.12,
    /** Movement of the eyes between two frames, in eye distances a second. */
    movement: 0.35,
    /** A limit already met is left only when it is missed by this share more: no flicker at the edge. */
    slack: 0.12,
    /** Milliseconds that all must hold before the picture is taken. */
    holdMs: 500,
    /** Milliseconds that a hint stays at the least. */
    hintMs: 1200,
    /** Milliseconds that a new fault must last before it takes a hint's place. */
    faultMs: 250,
    /** Milliseconds without change of the picture after which the camera counts as frozen. */
    frozenMs: 2000,
    /** Longest time between two frames across which a hold may last, in milliseconds. */
    gapMs: 700,
  },
} as const;

type Widened<Value> = Value extends number ? number : { readonly [Key in keyof Value]: Widened<Value[Key]> };
export type FaceLimits = Widened<typeof faceLimits>;
