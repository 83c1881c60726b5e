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
    /** What is found only at a second look is a face when its breadth is at least this share of the picture's smaller side. */
    secondLookShare: 0.1,
    /** Faces told apart at most. */
    faces: 8,
    /** Degrees of yaw beyond which the eyes are not looked at closely. */
    eyesYaw: 30,
    /** The iris stands for the eye's centre when the lids are at least so far open and the gaze is at most so many degrees off. */
    irisGap: 0.04,
    irisGaze: 15,
    /** Frames between two searches of the whole picture while a face is followed. */
    searchEvery: 6,
  },
  /** The passport portrait, 35 × 45 mm, laid on the eyes and the chin (ISO/IEC 19794-5 full frontal). */
  portrait: {
    /** Width over height. */
    aspect: 35 / 45,
    /** Distance from eyes to chin, share of the portrait's height: the head then takes about 74 %. */
    eyesToChin: 0.352,
    /** Height of the eyes below the upper edge, share of the portrait's height. */
    eyesBelowTop: 0.45,
  },
  /** The least value, 0…100, at which a measure of a still passes. */
  pass: {
    SingleFacePresent: 90,
    InterEyeDistance: 65,
    LeftwardCropOfTheFaceImage: 50,
    RightwardCropOfTheFaceImage: 50,
    /**
     * Our own cut gives 23 and 8, because a passport's head is larger than OFIQ's ideal. Who reads the picture again finds the chin within a few
     * percent: an eye-to-chin distance 6 % longer must still pass.
     */
    MarginAboveOfTheFaceImage: 12,
    MarginBelowOfTheFaceImage: 3,
    HeadPoseRoll: 98,
    HeadPoseYaw: 96,
    /** Looser than yaw: a beard or glasses mislead the mesh by several degrees. The live guide asks for 10°. */
    HeadPosePitch: 91,
    EyesOpen: 85,
    Gaze: 50,
    MouthClosed: 89,
    ExpressionNeutrality: 40,
    DarkGlasses: 50,
    GlassesGlare: 85,
    EyesVisible: 60,
    MouthOcclusionPrevention: 95,
    FaceOcclusionPrevention: 95,
    /** A tenth of the head above the brows. */
    NoHeadCoverings: 55,
    LuminanceMean: 6,
    LuminanceVariance: 20,
    UnderExposurePrevention: 10,
    OverExposurePrevention: 20,
    DynamicRange: 52,
    IlluminationUniformity: 45,
    BackgroundUniformity: 50,
    BackgroundLight: 50,
    BackgroundShadow: 50,
    Sharpness: 50,
    Noise: 40,
    CompressionArtifacts: 40,
    OriginalPixels: 50,
    RedEyes: 50,
    ColourPresent: 50,
    NaturalColour: 40,
  },
  /** From where a signal of a presentation attack is suspicious; measured on photographs and generated attacks (docs/faces.md). */
  presentation: {
    /** Decibels of the strongest single frequency over its like. */
    texture: 9,
    /** Share of the third best straight line around the head that is an edge. */
    border: 0.9,
    /** Degrees the head must have turned for its motion to tell anything. */
    turn: 8,
    /** Eye distances per degree that no flat picture explains: below it, the motion is flat. */
    depthPerDegree: 0.002,
    /** Share of the challenges not met. */
    missed: 0.5,
    /**
     * How well the face's colour must follow the screen's, −1…1, and how much of it a face takes at the least. Light that wanders by three
     * in a hundred follows colours drawn at random to 0.6 in 18 of a hundred draws, to 0.85 in two; rendered faces follow them to 0.98.
     */
    match: 0.85,
    reflection: 0.02,
  },
  /** What counts as an answer to a challenge. */
  challenge: {
    /** The face rests so long, and within so many degrees of straight, before anything is asked. */
    settleMs: 400,
    restYaw: 10,
    /** A face that does not rest in this time is asked nothing. */
    unsettledMs: 4000,
    /** Degrees of a turn; share of the open eyes' gap below which they are closed. */
    turn: 14,
    closed: 0.5,
    /** Milliseconds that an act must last: longer than a blink, which comes by itself. */
    actMs: 350,
    /** From the asking: sooner nobody has understood it, later it is not met. */
    soonestMs: 150,
    latestMs: 7000,
    /** A face may be lost so long. */
    lostMs: 500,
  },
  /** The score of a comparison 1:1 (−10 · log₁₀ of the false match rate) from which two faces agree, and below which they do not. */
  likeness: { agrees: 20, differs: 10 },
  /** What the live guide asks for before it takes a picture. */
  guide: {
    /** Eye distance, share of the frame's smaller side: nearer than `most` or farther than `least` is not taken. */
    eyeDistance: { least: 0.12, most: 0.2 },
    /** Middle of the eyes off the frame's middle, share of its width. */
    offCentre: 0.1,
    /** How far the portrait may reach over the frame's upper and lower edge, share of its height. */
    overhang: 0.02,
    /** Degrees either way. */
    yaw: 8,
    pitch: 10,
    roll: 6,
    /** As in the observation. */
    eyesOpen: 0.035,
    /** Degrees that the eyes may look beside the camera. */
    gaze: 20,
    mouthOpen: 0.07,
    /** As of the expression's measure, eye distances. */
    smile: 0.11,
    /** Linear luminance: of a covered camera's frame, and of a face. */
    black: 0.004,
    light: { least: 0.04, most: 0.8 },
    over: 0.25,
    balance: 0.55,
    sharpness: 0.05,
    /** How far the eyes may wander, and their distance change, during the hold: share of the eye distance. */
    drift: 0.1,
    /** A limit once met is missed only when it is exceeded by this share more: no flicker at the edge. */
    slack: 0.15,
    /** Milliseconds that all must hold before the picture is taken. */
    holdMs: 500,
    /** Milliseconds that a hint stays at the least. */
    hintMs: 800,
    /** Milliseconds that a fault must last before it takes a hint's place. */
    faultMs: 200,
    /** Milliseconds without change of the picture after which the camera counts as frozen. */
    frozenMs: 2000,
    /** Longest time between two frames across which a hold may last, in milliseconds. */
    gapMs: 700,
  },
} as const;

type Widened<Value> = Value extends number ? number : { readonly [Key in keyof Value]: Widened<Value[Key]> };
export type FaceLimits = Widened<typeof faceLimits>;
/** Limits of single measures that stand in place of the usual ones. */
export type PassLimits = { readonly [Name in keyof FaceLimits["pass"]]?: number };
