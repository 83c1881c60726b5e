/** Glasses, laid over the finished face: two rims, a bridge, the arms, and what the lenses do to what is behind them. */
import type { FaceScene } from "./face-scene.ts";
import type { FacePlan } from "./face-shape.ts";

/** Of one lens, in face units. */
const lens = { halfWidth: 0.235, halfHeight: 0.165, corner: 0.1, rim: 0.014, y: 0.03, z: -0.9 } as const;

/** @param place maps face coordinates (before the head is turned) to pixels. */
export function layGlasses(
  out: Float32Array,
  width: number,
  height: number,
  scene: FaceScene,
  plan: FacePlan,
  place: (x: number, y: number, z: number) => { x: number; y: number },
): void {
  const dark = scene.glasses === "dark";
  const draw = (px: number, py: number, red: number, green: number, blue: number, share: number) => {
    if (px < 0 || py < 0 || px >= width || py >= height || share <= 0) return;
    const i = (py * width + px) * 3;
    out[i] = out[i]! + (red - out[i]!) * share;
    out[i + 1] = out[i + 1]! + (green - out[i + 1]!) * share;
    out[i + 2] = out[i + 2]! + (blue - out[i + 2]!) * share;
  };
  for (const side of [-1, 1]) {
    const cx = side * (plan.eyeX + 0.015);
    const centre = place(cx, lens.y, lens.z);
    const right = place(cx + 0.1, lens.y, lens.z + 0.015 * side);
    const down = place(cx, lens.y + 0.1, lens.z + 0.01);
    const ax = (right.x - centre.x) / 0.1;
    const ay = (right.y - centre.y) / 0.1;
    const bx = (down.x - centre.x) / 0.1;
    const by = (down.y - centre.y) / 0.1;
    const det = ax * by - ay * bx;
    if (Math.abs(det) < 1) continue;
    const reach = Math.hypot(ax, ay) * 0.3 + Math.hypot(bx, by) * 0.3;
    const soft = 1 / Math.hypot(bx, by);
    for (let y = Math.floor(centre.y - reach); y <= centre.y + reach; y++) {
      for (let x = Math.floor(centre.x - reach); x <= centre.x + reach; x++) {
        const dx = x - centre.x;
        const dy = y - centre.y;
        const u = (dx * by - dy * bx) / det;
        const v = (dy * ax - dx * ay) / det;
        const qx = Math.max(0, Math.abs(u) - lens.halfWidth + lens.corner);
        const qy = Math.max(0, Math.abs(v) - lens.halfHeight + lens.corner);
        const away = Math.hypot(qx, qy) - lens.corner;
        if (away > lens.rim + soft) continue;
        if (away < 0) {
          if (dark) draw(x, y, 0.008, 0.007, 0.007, 0.965);
          else draw(x, y, 0.9, 0.95, 1, 0.025);
          if (scene.glare > 0) {
            const streak =
              Math.max(0, 1 - Math.abs(u * 0.8 + v * 1.1 + 0.06) / 0.11) * Math.max(0, 1 - Math.abs(v - u * 0.3) / 0.2);
            draw(x, y, 1.4, 1.4, 1.35, Math.min(1, scene.glare * streak * 3));
          }
        }
        draw(x, y, 0.02, 0.018, 0.018, 1 - Math.min(1, Math.max(0, (Math.abs(away) - lens.rim) / soft)));
      }
    }
    const outer = cx + side * lens.halfWidth;
    line(draw, place(outer, lens.y - 0.06, lens.z), place(side * 0.7, 0, -0.25), lens.rim * Math.hypot(bx, by) * 0.9);
  }
  const inner = plan.eyeX + 0.015 - lens.halfWidth;
  line(
    draw,
    place(-inner, lens.y - 0.03, lens.z),
    place(inner, lens.y - 0.03, lens.z),
    lens.rim * 0.9 * Math.abs(place(0, 1, lens.z).y - place(0, 0, lens.z).y),
  );
}

function line(
  draw: (x: number, y: number, red: number, green: number, blue: number, share: number) => void,
  from: { x: number; y: number },
  to: { x: number; y: number },
  half: number,
): void {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const left = Math.floor(Math.min(from.x, to.x) - half);
  const right = Math.ceil(Math.max(from.x, to.x) + half);
  const top = Math.floor(Math.min(from.y, to.y) - half);
  const bottom = Math.ceil(Math.max(from.y, to.y) + half);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const t = Math.min(
        1,
        Math.max(0, ((x - from.x) * (to.x - from.x) + (y - from.y) * (to.y - from.y)) / length ** 2),
      );
      const away = Math.hypot(x - from.x - t * (to.x - from.x), y - from.y - t * (to.y - from.y));
      draw(x, y, 0.02, 0.018, 0.018, Math.min(1, Math.max(0, half - away + 0.5)));
    }
  }
}
