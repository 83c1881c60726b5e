/** One finger cut out of a slap and turned upright. */
import type { GreyImage } from "../image/image.ts";
import type { SlapFinger } from "./slap.ts";

/** White left around the finger, pixels. */
const MARGIN = 12;

/** The finger upright on white, at the slap's resolution. */
export function cropFinger(image: GreyImage, finger: SlapFinger): GreyImage {
  const { box } = finger;
  const angle = (-finger.rotation * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  // Room for the whole box at any turn the finger may have.
  const wide = box.x1 - box.x0;
  const tall = box.y1 - box.y0;
  const width = Math.ceil(wide * Math.abs(cos) + 0.3 * tall * Math.abs(sin)) + 2 * MARGIN;
  const height = Math.ceil(tall * Math.abs(cos) + 0.3 * wide * Math.abs(sin)) + 2 * MARGIN;
  const middle = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
  const data = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x - width / 2;
      const dy = y - height / 2;
      const sx = middle.x + dx * cos + dy * sin;
      const sy = middle.y - dx * sin + dy * cos;
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      if (x0 < box.x0 - MARGIN || y0 < box.y0 - MARGIN || x0 > box.x1 + MARGIN || y0 > box.y1 + MARGIN) continue;
      if (x0 < 0 || y0 < 0 || x0 >= image.width - 1 || y0 >= image.height - 1) continue;
      const i = y0 * image.width + x0;
      const fx = sx - x0;
      const fy = sy - y0;
      const top = image.data[i]! * (1 - fx) + image.data[i + 1]! * fx;
      const bottom = image.data[i + image.width]! * (1 - fx) + image.data[i + image.width + 1]! * fx;
      data[y * width + x] = Math.round(top * (1 - fy) + bottom * fy);
    }
  }
  return { width, height, data, ppi: image.ppi };
}
