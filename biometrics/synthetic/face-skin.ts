/** Paints the skin of head, ears and neck: colour before light, by the place on the bare head. */
import { bell, curve, step } from "./curve.ts";
import { paintEye } from "./face-eyes.ts";
import type { FaceScene } from "./face-scene.ts";
import type { FacePlan } from "./face-shape.ts";
import type { FaceTraits } from "./face-traits.ts";
import { noise, rough } from "./noise.ts";
import { lay, type Paint } from "./paint.ts";

/** Where the beard grows: its upper edge by distance from the middle. */
const beardTop = curve([
  [0, 0.45],
  [0.2, 0.47],
  [0.3, 0.6],
  [0.42, 0.5],
  [0.52, 0.3],
  [0.6, 0.1],
  [0.7, 0.05],
]);

/** How much of a shaven crown is stubble. */
const SHAVEN = 0.35;

export function paintSkin(paint: Paint, traits: FaceTraits, longitude: number, y: number): void {
  const { skin, seed } = traits;
  const mottle = 1 + 0.07 * rough(longitude * 5, y * 5, seed + 11) + 0.045 * noise(longitude * 75, y * 75, seed + 12);
  const warm = 1 + 0.05 * rough(longitude * 9, y * 9, seed + 13);
  paint.red = skin[0] * mottle * warm;
  paint.green = skin[1] * mottle;
  paint.blue = skin[2] * mottle;
  paint.shine = 0.55;
  paint.open = 1;
  paint.ball = 0;
  if (traits.hairStyle === "bald") paintShaven(paint, traits, longitude, y);
}

/** Where hair grew: its stubble darkens the crown down to where the hairline was. */
function paintShaven(paint: Paint, { hair, seed }: FaceTraits, longitude: number, y: number): void {
  const line = -0.66 + 0.3 * step(0.6, 1.1, Math.abs(longitude)) + 0.03 * noise(longitude * 8, 0, seed + 61);
  const grows = 1 - step(line - 0.05, line + 0.05, y);
  if (grows <= 0) return;
  const stubble = 0.5 + 0.5 * noise(longitude * 160, y * 160, seed + 62);
  lay(paint, hair[0] * 0.8, hair[1] * 0.8, hair[2] * 0.8, SHAVEN * grows * (0.6 + 0.4 * stubble));
  paint.shine *= 1 - 0.5 * grows;
}

/** The face itself: brows, eyes, nostrils, lips, beard and age over the skin. */
export function paintFace(
  paint: Paint,
  traits: FaceTraits,
  plan: FacePlan,
  scene: FaceScene,
  longitude: number,
  x: number,
  y: number,
): void {
  paintSkin(paint, traits, longitude, y);
  const side = Math.abs(x);
  if (Math.abs(longitude) > 1.45) return;
  const { skin, hair, seed, wrinkles } = traits;

  // Blood under the skin: cheeks, nose, chin.
  const flush =
    0.11 * bell(side - 0.38, 0.17) * bell(y - 0.3, 0.16) +
    0.12 * bell(x, 0.1) * bell(y - 0.3, 0.07) +
    0.05 * bell(x, 0.2) * bell(y - 0.92, 0.1);
  paint.green *= 1 - flush;
  paint.blue *= 1 - flush * 0.9;
  paint.shine +=
    0.5 * bell(x, 0.08) * step(-0.1, 0.3, y) * (1 - step(0.3, 0.4, y)) + 0.25 * bell(x, 0.3) * bell(y + 0.4, 0.15);

  if (traits.freckles > 0 && y > -0.1 && y < 0.5) {
    const spot = step(0.5, 0.75, noise(x * 42, y * 42, seed + 31)) * bell(y - 0.22, 0.2) * traits.freckles;
    lay(paint, skin[0] * 0.72, skin[1] * 0.52, skin[2] * 0.45, spot * 0.65);
  }
  // Age: lines on the brow, at the eyes, under them.
  if (wrinkles > 0) {
    const wave = y + 0.012 * Math.sin(x * 9 + seed) + 0.012 * noise(x * 4, y * 8, seed + 41);
    const lines =
      bell((((((wave + 0.43) * 14) % 1) + 1) % 1) - 0.5, 0.13) * bell(y + 0.43, 0.11) * (1 - step(0.28, 0.45, side));
    const ray = Math.atan2(y + 0.01, side - plan.eyeX - plan.eyeHalfWidth * 0.9);
    const reach = Math.hypot(y + 0.01, side - plan.eyeX - plan.eyeHalfWidth * 0.9);
    const crow = bell(reach - 0.09, 0.05) * bell(ray, 0.65) * step(0.4, 0.9, Math.cos(ray * 14));
    paint.open *= 1 - wrinkles * (0.32 * lines + 0.3 * crow);
  }
  const bag = bell(side - plan.eyeX + 0.01, 0.13) * bell(y - 0.115, 0.032);
  paint.open *= 1 - bag * (0.07 + 0.18 * wrinkles);
  // Crevices that light from all round hardly reaches.
  paint.open *= 1 - 0.32 * bell(side - plan.eyeX + 0.13, 0.075) * bell(y + 0.02, 0.1);
  paint.open *= 1 - 0.22 * bell(side - plan.eyeX, 0.17) * bell(y + 0.085, 0.045);
  paint.open *= 1 - 0.3 * bell(side - plan.noseHalfWidth, 0.03) * bell(y - plan.noseY + 0.02, 0.06);
  paint.open *= 1 - 0.28 * bell(x, 0.1) * bell(y - plan.noseY - 0.065, 0.035);
  paint.open *= 1 - 0.3 * bell(x, 0.15) * bell(y - plan.mouthY - 0.14, 0.03);

  paintBeard(paint, traits, plan, x, y);
  paintNostrils(paint, plan, side, y);
  paintMouth(paint, traits, plan, scene, x, y);
  paintBrow(paint, traits, plan, x, y);
  paintEye(paint, traits, plan, scene, x, y);
  // Shade of the hair on the brow.
  if (traits.hairStyle !== "bald" && y < -0.4)
    lay(
      paint,
      hair[0] * 0.5 + paint.red * 0.4,
      hair[1] * 0.5 + paint.green * 0.35,
      hair[2] * 0.5 + paint.blue * 0.35,
      step(-0.42, -0.62, y) * 0.6,
    );
}

function paintBeard(paint: Paint, { beard, hair, seed }: FaceTraits, plan: FacePlan, x: number, y: number): void {
  if (beard <= 0) return;
  const side = Math.abs(x);
  const lip = bell(x, plan.mouthHalfWidth) * bell(y - plan.mouthY, 0.055);
  const grows = step(-0.03, 0.07, y - beardTop(side)) * (1 - Math.min(1, lip * 1.3));
  if (grows <= 0) return;
  const strand = 0.5 + 0.5 * noise(x * 95 + y * 12, y * 48, seed + 51);
  const full = beard > 0.4 ? beard * (0.62 + 0.38 * strand) : beard * 0.55 * (0.5 + 0.8 * strand);
  lay(paint, hair[0] * 0.75 + 0.004, hair[1] * 0.75 + 0.004, hair[2] * 0.75 + 0.004, Math.min(0.96, full * grows));
  paint.shine *= 1 - 0.6 * grows * beard;
}

function paintNostrils(paint: Paint, plan: FacePlan, side: number, y: number): void {
  const hole = bell(side - plan.noseHalfWidth * 0.4, 0.034) * bell(y - plan.noseY - 0.022, 0.017);
  lay(paint, 0.03, 0.011, 0.008, Math.min(0.92, hole * 1.2));
}

function paintMouth(paint: Paint, traits: FaceTraits, plan: FacePlan, scene: FaceScene, x: number, low: number): void {
  const across = Math.abs(x) / plan.mouthHalfWidth;
  if (across >= 1.08) return;
  const taper = Math.max(0, 1 - across * across);
  // Corners lie a little higher than the middle.
  const y = low + 0.02 * across * across;
  const full = traits.lipFullness;
  const top = plan.mouthY - 0.062 * full * taper ** 0.8 * (1 - 0.22 * bell(x, 0.04));
  const bottom = plan.mouthY + 0.085 * full * taper ** 0.75;
  const inside = step(-0.008, 0.006, y - top) * (1 - step(-0.006, 0.01, y - bottom));
  const creases = 1 + 0.1 * noise(x * 70, y * 14, traits.seed + 61);
  const upper = y < plan.mouthY ? 0.8 : 1;
  const [r, g, b] = traits.lips;
  lay(paint, r * creases * upper, g * creases * upper, b * creases * upper, inside * 0.88);
  paint.shine += inside * 0.35;
  const line = y - plan.mouthY;
  if (scene.mouthOpen > 0.02 && Math.abs(line) < 0.007 && across < 1) {
    const depth = (line + 0.007) / 0.014;
    const teeth =
      scene.mouthOpen > 0.15 || scene.smile > 0.5
        ? step(0.02, 0.06, depth) * (1 - step(0.3, 0.36, depth)) * (1 - step(0.6, 0.8, across))
        : 0;
    paint.red = 0.045 + 0.48 * teeth + 0.1 * step(0.7, 1, depth);
    paint.green = 0.01 + 0.47 * teeth + 0.02 * step(0.7, 1, depth);
    paint.blue = 0.01 + 0.4 * teeth + 0.025 * step(0.7, 1, depth);
    paint.open = 0.6;
    paint.shine = 0.1;
    return;
  }
  lay(
    paint,
    r * 0.12,
    g * 0.1,
    b * 0.1,
    0.85 * bell(line - 0.006 * Math.cos(across * 3), 0.008) * step(1.06, 0.9, across),
  );
}

function paintBrow(
  paint: Paint,
  { hair, browThickness, seed, sex }: FaceTraits,
  plan: FacePlan,
  x: number,
  y: number,
): void {
  const t = (Math.abs(x) - plan.eyeX + 0.19) / 0.4;
  if (t < -0.05 || t > 1.05) return;
  const arch =
    plan.browY - (sex === "F" ? 0.062 : 0.04) * Math.sin(Math.PI * Math.min(1, Math.max(0, t)) ** 1.25 * 0.86) + 0.018;
  const half = 0.036 * browThickness * (1 - 0.62 * step(0.35, 1.05, t)) * step(-0.05, 0.12, t);
  if (half <= 0) return;
  const wisp = 0.007 * noise(x * 75 + y * 40, y * 18 - x * 6, seed + 71);
  const cover = 1 - step(half * 0.35, half * 1.2, Math.abs(y - arch + wisp));
  const strand = 0.72 + 0.28 * noise(Math.abs(x) * 60 + y * 70, y * 22, seed + 72);
  const dark = 0.55;
  lay(paint, hair[0] * dark, hair[1] * dark, hair[2] * dark, Math.min(0.9, cover * strand));
  paint.shine *= 1 - 0.7 * cover;
}
