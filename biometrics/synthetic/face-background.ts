/** What is behind the person: linear light of each pixel. */
import type { FaceScene } from "./face-scene.ts";
import { noise } from "./noise.ts";
import { seededRandom } from "./random.ts";

/** Fills `width × height × 3` numbers. */
export function paintBackground(
  out: Float32Array,
  width: number,
  height: number,
  scene: FaceScene,
  seed: number,
): void {
  const power = scene.lightIntensity;
  const level = scene.background === "dark" ? 0.012 : 0.5;
  const lean = scene.sideShadow > 0.25 ? (scene.lightAzimuth < 0 ? -1 : 1) * (scene.sideShadow - 0.25) * 0.5 : 0;
  const tile = Math.max(2, Math.round(height / 60));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x / width - 0.5;
      const v = y / height - 0.5;
      // Patterned: a wall of tiles, a sixtieth of the picture's height each.
      const dark = scene.background === "patterned" && (Math.floor(x / tile) + Math.floor(y / tile)) % 2 === 1;
      const value = level * power * (dark ? 0.3 : 1) * (1 - 0.16 * (u * u + v * v) * 2 + lean * u);
      const i = (y * width + x) * 3;
      out[i] = value;
      out[i + 1] = value * 1.005;
      out[i + 2] = value * 1.02;
    }
  }
  if (scene.background !== "cluttered") return;
  const random = seededRandom(seed, "background");
  // Shelves, frames and a window: boxes of flat colour with darker edges.
  for (let n = 0; n < 26; n++) {
    const w = random.between(0.06, 0.3) * width;
    const h = random.between(0.06, 0.4) * height;
    const left = Math.floor(random.between(-0.05, 0.95) * width);
    const top = Math.floor(random.between(-0.1, 0.9) * height);
    const colour = [random.between(0.01, 0.7), random.between(0.01, 0.6), random.between(0.01, 0.5)];
    const stripe = random.chance(0.4) ? random.between(0.02, 0.06) * width : 0;
    for (let y = Math.max(0, top); y < Math.min(height, top + h); y++) {
      for (let x = Math.max(0, left); x < Math.min(width, left + w); x++) {
        const edge = x - left < 3 || y - top < 3 || left + w - x < 4 || top + h - y < 4;
        const book = stripe > 0 ? 0.35 + 0.65 * Math.abs(noise(Math.floor((x - left) / stripe) * 7.3, n, seed)) : 1;
        const i = (y * width + x) * 3;
        for (let k = 0; k < 3; k++) out[i + k] = colour[k]! * power * book * (edge ? 0.3 : 1);
      }
    }
  }
}
