import type { CaseDetail, Check } from "../../review/api.ts";

interface Marks {
  width: number;
  height: number;
  /** Right eye, left eye, chin, top of the head: x and y of each, in thousandths of the picture. */
  places: readonly number[];
  /** Degrees, and pixels between the eyes. */
  pose: { yaw: number; pitch: number; roll: number; eyes: number } | null;
}

/** What the server measured on the portrait; undefined when it found no face there, or has not looked yet. */
export function marksOf({ checks }: CaseDetail): Marks | undefined {
  const measured: Check["measures"] = checks.find(({ check }) => check === "quality/portrait")?.measures ?? {};
  const { marks, width, height, yaw, pitch, roll, eyeDistance: eyes } = measured;
  if (typeof marks !== "string" || typeof width !== "number" || typeof height !== "number") return undefined;
  const places = marks.split(" ").map(Number);
  if (places.length < 6 || !places.every(Number.isFinite)) return undefined;
  const known = [yaw, pitch, roll, eyes].every((value) => typeof value === "number");
  const pose = known ? { yaw: Number(yaw), pitch: Number(pitch), roll: Number(roll), eyes: Number(eyes) } : null;
  return { width, height, places, pose };
}

/** Share of the portrait's height that the head takes (ISO/IEC 19794-5). */
const LEAST_HEAD = 0.7;
const LARGEST_HEAD = 0.8;

/**
 * Drawn over the portrait: the line of the eyes, the middle line, chin and top of the head, and beside them how tall the head may be; whether
 * it is straight and of the right size is seen at a glance.
 */
export function PortraitMarks({ width, height, places, label }: Marks & { label: string }) {
  const at = (i: number) => ({ x: (places[2 * i]! / 1000) * width, y: (places[2 * i + 1]! / 1000) * height });
  const [right, left, chin] = [at(0), at(1), at(2)];
  const crown = places.length >= 8 ? at(3) : undefined;
  const slope = (left.y - right.y) / Math.max(1, left.x - right.x);
  const level = (x: number) => right.y + slope * (x - right.x);
  const middle = (right.x + left.x) / 2;
  const size = width / 60;
  const head = crown && (chin.y - crown.y) / height;
  const fits = head !== undefined && head >= LEAST_HEAD && head <= LARGEST_HEAD;
  return (
    <svg className="portrait-marks" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path
        d={`M0 ${level(0)}L${width} ${level(width)}M${middle} 0V${height}M${chin.x - 6 * size} ${chin.y}h${12 * size}`}
      />
      {[right, left].map((eye) => (
        <circle key={eye.x} cx={eye.x} cy={eye.y} r={size} />
      ))}
      {crown && (
        <>
          <path d={`M${crown.x - 6 * size} ${crown.y}h${12 * size}`} />
          <path
            className="head-height"
            data-fits={fits ? "" : undefined}
            d={`M${width - 2 * size} ${crown.y}V${chin.y}M${width - 3 * size} ${crown.y}h${2 * size}M${width - 3 * size} ${chin.y}h${2 * size}`}
          />
        </>
      )}
    </svg>
  );
}
