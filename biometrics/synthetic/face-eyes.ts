/** Paints an eye: lids, lashes, white, iris, pupil and the lamp mirrored in it. */
import { bell, step } from "./curve.ts";
import type { FaceScene } from "./face-scene.ts";
import type { FacePlan } from "./face-shape.ts";
import type { FaceTraits } from "./face-traits.ts";
import { noise } from "./noise.ts";
import { lay, type Paint } from "./paint.ts";

/** Of the eyeball, in face units. */
const ballRadius = 0.13;
const irisRadius = 0.058;
const pupilRadius = 0.022;

export function paintEye(
  paint: Paint,
  traits: FaceTraits,
  plan: FacePlan,
  scene: FaceScene,
  x: number,
  y: number,
): void {
  const sign = x < 0 ? -1 : 1;
  const dx = x - sign * plan.eyeX;
  // From the inner corner (−1) to the outer (1).
  const across = (dx * sign) / plan.eyeHalfWidth;
  if (across < -1.35 || across > 1.45 || y < -0.16 || y > 0.14) return;
  const level = y + traits.eyeTilt * across;
  const span = Math.max(0, 1 - Math.min(1, Math.abs(across)) ** 2.1);
  const lower = plan.eyeHeight * 0.42 * span ** 0.9;
  const wide = -plan.eyeHeight * 0.62 * span ** 0.62 * (1 + 0.12 * across * -1);
  const upper = lower * 0.75 + (wide - lower * 0.75) * scene.eyesOpen;
  const within = Math.abs(across) < 1;

  // The fold above the lid, and the lid's own roundness.
  const fold = level - (wide - 0.03);
  paint.open *= 1 - 0.5 * bell(fold, 0.009) * step(1.35, 0.8, Math.abs(across)) * (0.5 + 0.5 * scene.eyesOpen);

  if (within && level > upper && level < lower) {
    const yaw = ((scene.gazeX - scene.yaw) * Math.PI) / 180;
    const pitch = ((scene.gazeY - scene.pitch) * Math.PI) / 180;
    const shiftX = Math.max(-0.075, Math.min(0.075, ballRadius * Math.sin(yaw)));
    const shiftY = Math.max(-0.03, Math.min(0.03, -ballRadius * Math.sin(pitch)));
    const ix = dx - shiftX;
    const iy = level + 0.008 - shiftY;
    const out = Math.hypot(ix, iy);
    // White of the eye, redder in the corners, shaded by the upper lid.
    const corner = step(0.55, 1, Math.abs(across));
    paint.red = 0.6 - 0.05 * corner;
    paint.green = 0.55 - 0.2 * corner;
    paint.blue = 0.52 - 0.2 * corner;
    if (out < irisRadius * 1.12) {
      const angle = Math.atan2(iy, ix);
      const fibre =
        1 + 0.35 * noise(angle * 9, out * 60, traits.seed + 81) + 0.2 * noise(angle * 24, out * 30, traits.seed + 82);
      const ring = 1 - 0.75 * step(irisRadius * 0.78, irisRadius * 1.02, out);
      const glow = 1.15 + 0.5 * step(0, irisRadius, iy);
      const edge = 1 - step(irisRadius * 0.94, irisRadius * 1.1, out);
      const [r, g, b] = traits.iris;
      lay(paint, r * fibre * ring * glow, g * fibre * ring * glow, b * fibre * ring * glow, edge);
      // A pupil before a flash is wide.
      const pupil = pupilRadius * (1 + 0.7 * scene.redEye);
      const back = 0.004 + 0.7 * scene.redEye;
      lay(
        paint,
        back,
        0.004 + 0.06 * scene.redEye,
        0.004 + 0.05 * scene.redEye,
        1 - step(pupil * 0.85, pupil * 1.15, out),
      );
    }
    const lidShade = 0.55 * (1 - step(0, 0.035, level - upper)) + 0.2 * (1 - step(0, 0.014, lower - level));
    paint.open = 0.95 - lidShade * 0.7 - 0.25 * corner;
    paint.red *= 1 - lidShade * 0.5;
    paint.green *= 1 - lidShade * 0.52;
    paint.blue *= 1 - lidShade * 0.52;
    // The lamp mirrored in the cornea.
    const gleam =
      bell(ix + 0.02, 0.0095) * bell(iy + 0.021, 0.0095) * 1.6 + 0.12 * bell(ix - 0.02, 0.015) * bell(iy - 0.02, 0.012);
    lay(paint, 1.1, 1.1, 1.1, Math.min(1, gleam));
    paint.shine = 0.35;
    paint.ballX = dx / ballRadius;
    paint.ballY = level / ballRadius;
    paint.ballZ = -Math.sqrt(Math.max(0.05, 1 - paint.ballX ** 2 - paint.ballY ** 2));
    paint.ball = 0.75;
    return;
  }
  // Lash lines; the pink corner.
  if (across > -1.12 && across < 1.22) {
    const female = traits.sex === "F" ? 1 : 0;
    const lashes =
      bell(level - upper + 0.004, 0.009 + 0.004 * female + 0.004 * step(0, 1, across)) *
      step(1.22, 0.9, Math.abs(across));
    lay(paint, 0.012, 0.008, 0.007, Math.min(0.95, lashes * (0.85 + 0.2 * female)));
    const below = bell(level - lower - 0.004, 0.008) * step(1.1, 0.8, Math.abs(across));
    lay(paint, paint.red * 0.55, paint.green * 0.42, paint.blue * 0.4, below * 0.75);
    const pink = bell(across + 1, 0.1) * bell(level, 0.014);
    lay(paint, 0.4, 0.15, 0.13, pink * 0.7);
  }
}
