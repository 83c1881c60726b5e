/** Signs of a picture instead of a face, as an operator reads them. */
export const livingEn = {
  title: "A face, not a picture of one",
  score: "A face, not a picture: {{score}} of 100",
  asked: { "turn-left": "turn left", "turn-right": "turn right", "close-eyes": "close the eyes" },
  met: "Asked to {{asked}}: done after {{seconds}} s",
  outcome: {
    met: "Asked to {{asked}}: done",
    "not-met": "Asked to {{asked}}: not done",
    declined: "Asked to {{asked}}: the person said that they cannot",
    "not-watched": "Asked to {{asked}}: the camera gave no pictures",
  },
  fault: {
    other: "did something else",
    "too-soon": "did it before it could be understood",
    "face-lost": "the face was gone",
    late: "time ran out",
    unsettled: "never held still",
  },
  skipped: {
    person: "Screen's colours: the person did not want them",
    "reduced-motion": "Screen's colours: not shown, less motion is set",
    "camera-slow": "Screen's colours: the camera is too slow",
    "camera-gone": "Screen's colours: the camera was gone",
    "face-lost": "Screen's colours: no face was seen",
  },
  sign: {
    RegularTexture: {
      fine: "No grid of a screen or print",
      suspicious: "A fine grid, as of a screen or print",
      untold: "Too small to see a grid",
    },
    StraightBorder: {
      fine: "No edge of paper or frame",
      suspicious: "Straight edges around the head",
      untold: "Edges could not be told",
    },
    FlatMotion: {
      fine: "Moves with depth",
      suspicious: "Moves as flat as a picture",
      untold: "Turned too little to tell depth",
    },
    Challenge: {
      fine: "Did what was asked",
      suspicious: "Did not do what was asked",
      untold: "Nothing was asked",
    },
    ScreenReflection: {
      fine: "The screen's colours fall on the face",
      suspicious: "The screen's colours do not fall on the face",
      untold: "Screen's colours: could not be told",
    },
  },
};
