import type { CaseDetail } from "../../review/api.ts";

interface Marks {
  width: number;
  height: number;
  /** Right eye, left eye, chin: x and y of each, in thousandths of the picture. */
  places: readonly number[];
}

/** What the server measured on the portrait; undefined when it found no face there, or has not looked yet. */
export function marksOf({ checks }: CaseDetail): Marks | undefined {
  const { marks, width, height } = checks.find(({ check }) => check === "quality/portrait")?.measures ?? {};
  if (typeof marks !== "string" || typeof width !== "number" || typeof height !== "number") return undefined;
  const places = marks.split(" ").map(Number);
  return places.length === 6 && places.every(Number.isFinite) ? { width, height, places } : undefined;
}

/** The line of the eyes, the middle line and the chin, drawn over the portrait: whether it is straight is seen at a glance. */
export function PortraitMarks({ width, height, places, label }: Marks & { label: string }) {
  const at = (i: number) => ({ x: (places[2 * i]! / 1000) * width, y: (places[2 * i + 1]! / 1000) * height });
  const [right, left, chin] = [at(0), at(1), at(2)];
  const slope = (left.y - right.y) / Math.max(1, left.x - right.x);
  const level = (x: number) => right.y + slope * (x - right.x);
  const middle = (right.x + left.x) / 2;
  const size = width / 60;
  return (
    <svg className="portrait-marks" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path
        d={`M0 ${level(0)}L${width} ${level(width)}M${middle} 0V${height}M${chin.x - 6 * size} ${chin.y}h${12 * size}`}
      />
      {[right, left].map((eye) => (
        <circle key={eye.x} cx={eye.x} cy={eye.y} r={size} />
      ))}
    </svg>
  );
}
