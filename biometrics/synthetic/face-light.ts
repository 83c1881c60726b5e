/** The lamp of the scene, and how skin, hair and cloth answer to it. */

import type { FaceScene } from "./face-scene.ts";
import { type Colour, mix } from "./face-traits.ts";
import type { Paint } from "./paint.ts";

export interface Lamp {
  /** Towards the lamp. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Half-way between lamp and camera. */
  readonly halfX: number;
  readonly halfY: number;
  readonly halfZ: number;
  /** Strength of the lamp and of the light from all round. */
  readonly key: number;
  readonly round: number;
  /** What a screen in front adds, by colour. */
  readonly screen: Colour;
}

export function lampOf(scene: FaceScene): Lamp {
  const hard = Math.max(0, (scene.sideShadow - 0.25) / 0.75);
  const towards = scene.lightAzimuth < 0 ? -1 : 1;
  const azimuth = ((scene.lightAzimuth + towards * (78 - Math.abs(scene.lightAzimuth)) * hard) * Math.PI) / 180;
  const elevation = (scene.lightElevation * (1 - hard * 0.6) * Math.PI) / 180;
  const x = Math.sin(azimuth) * Math.cos(elevation);
  const y = -Math.sin(elevation);
  const z = -Math.cos(azimuth) * Math.cos(elevation);
  const length = Math.hypot(x, y, z - 1);
  return {
    x,
    y,
    z,
    halfX: x / length,
    halfY: y / length,
    halfZ: (z - 1) / length,
    key: (0.5 + 0.45 * scene.sideShadow) * scene.lightIntensity,
    round: (0.62 - 0.58 * Math.min(1, scene.sideShadow)) * scene.lightIntensity,
    screen: mix([0, 0, 0], scene.screen, scene.screenGain),
  };
}

/** How far light creeps round an edge, by colour: red goes deepest into skin. */
const creep = { skin: [0.38, 0.22, 0.17], other: [0.12, 0.12, 0.12] } as const;

/** Writes the lit colour of one pixel (linear, not clipped) into three numbers. */
export function light(
  out: Float32Array,
  at: number,
  paint: Paint,
  lamp: Lamp,
  nx: number,
  ny: number,
  nz: number,
  skin: boolean,
): void {
  const facing = nx * lamp.x + ny * lamp.y + nz * lamp.z;
  // Light from all round: more from above and from the front than from below and behind.
  const round = lamp.round * paint.open * (0.86 - 0.2 * ny - 0.14 * nz);
  const widths = skin ? creep.skin : creep.other;
  const key = lamp.key * (0.45 + 0.55 * paint.open);
  const d0 = Math.max(0, (facing + widths[0]) / (1 + widths[0]));
  const d1 = Math.max(0, (facing + widths[1]) / (1 + widths[1]));
  const d2 = Math.max(0, (facing + widths[2]) / (1 + widths[2]));
  const half = Math.max(0, nx * lamp.halfX + ny * lamp.halfY + nz * lamp.halfZ);
  const gloss = facing > 0 ? paint.shine * lamp.key * (0.05 * half ** 14 + 0.05 * half ** 48) : 0;
  // A faint rim where the surface turns away.
  const rim = 0.05 * lamp.round * (1 + nz) ** 4 * paint.open;
  const front = Math.max(0, -nz);
  out[at] = paint.red * (round + key * d0 + front * lamp.screen[0]) + gloss + rim;
  out[at + 1] = paint.green * (round + key * d1 + front * lamp.screen[1]) + gloss + rim;
  out[at + 2] = paint.blue * (round + key * d2 + front * lamp.screen[2]) + gloss + rim;
}
