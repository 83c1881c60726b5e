export type Side = "left" | "right";
export type FingerName = "thumb" | "index" | "middle" | "ring" | "little";

/** A right hand seen from its back, 230 × 330 units, fingers up: base and tip of each finger. */
const FINGERS: Record<FingerName, { from: [number, number]; to: [number, number]; width: number }> = {
  thumb: { from: [78, 258], to: [27, 196], width: 44 },
  index: { from: [76, 190], to: [66, 62], width: 40 },
  middle: { from: [116, 184], to: [114, 34], width: 41 },
  ring: { from: [155, 188], to: [162, 56], width: 39 },
  little: { from: [190, 206], to: [209, 108], width: 34 },
};
const PALM = "M58 196 L206 200 C212 250 200 288 184 306 L184 336 L92 336 L92 312 C72 296 60 262 58 196 Z";
const OUTLINE_UNITS = 7;

/** An open hand; the finger that is meant is lit. The left hand is the right one in the mirror. */
export function Hand({ side, meant, faded }: { side: Side; meant?: FingerName | undefined; faded?: boolean }) {
  const names = Object.keys(FINGERS) as FingerName[];
  const line = (name: FingerName, className: string, extra: number) => {
    const { from, to, width } = FINGERS[name];
    return (
      <line
        key={name}
        className={className}
        x1={from[0]}
        y1={from[1]}
        x2={to[0]}
        y2={to[1]}
        strokeWidth={width + extra}
      />
    );
  };
  const tip = meant ? FINGERS[meant] : undefined;
  return (
    <g
      className="hand"
      data-faded={faded ? "" : undefined}
      transform={side === "left" ? "matrix(-1 0 0 1 236 0)" : undefined}
    >
      <g className="hand-outline">
        {names.map((name) => line(name, "finger", OUTLINE_UNITS * 2))}
        <path d={PALM} strokeWidth={OUTLINE_UNITS * 2} />
      </g>
      <g className="hand-body">
        <path d={PALM} />
        {names.map((name) => line(name, name === meant ? "finger meant" : "finger", 0))}
      </g>
      <path className="hand-crease" d="M96 214 L98 190 M136 210 L136 188 M173 213 L175 192" />
      {tip && <circle className="pulse" cx={tip.to[0]} cy={tip.to[1]} r="34" />}
    </g>
  );
}

/** A hand that points with one finger, 150 × 300 units, the fingertip at (60, 0). */
export function PointingHand({ side }: { side: Side }) {
  return (
    <g transform={side === "left" ? "matrix(-1 0 0 1 120 0)" : undefined}>
      <g className="hand-outline">
        <line x1="60" y1="22" x2="60" y2="150" strokeWidth="58" className="finger" />
        <line x1="14" y1="214" x2="34" y2="160" strokeWidth="56" className="finger" />
        <rect x="30" y="112" width="132" height="128" rx="44" strokeWidth="14" />
        <rect x="52" y="220" width="88" height="300" strokeWidth="14" />
      </g>
      <g className="hand-body">
        <rect x="52" y="214" width="88" height="320" />
        <rect x="30" y="112" width="132" height="128" rx="44" />
        <line x1="60" y1="22" x2="60" y2="150" strokeWidth="44" className="finger" />
        <line x1="14" y1="214" x2="38" y2="164" strokeWidth="42" className="finger" />
      </g>
      <path className="hand-crease" d="M84 118 L84 158 M112 116 L112 158 M138 122 L138 156 M48 34 C50 20 70 20 72 34" />
    </g>
  );
}
