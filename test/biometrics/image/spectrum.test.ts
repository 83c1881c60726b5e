import { expect, test } from "@jest/globals";
import { powerSpectrum } from "../../../biometrics/image/spectrum.ts";

test("a screen's grid is looked for in the right spectrum: the fast one is the one of the definition", () => {
  const side = 8;
  const values = Float64Array.from({ length: side * side }, (_, i) => Math.imul(i + 7, 2654435761) >>> 24);
  const fast = powerSpectrum(values, side);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      let re = 0;
      let im = 0;
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const angle = (-2 * Math.PI * (u * x + v * y)) / side;
          re += values[y * side + x]! * Math.cos(angle);
          im += values[y * side + x]! * Math.sin(angle);
        }
      }
      expect(fast[v * side + u]).toBeCloseTo(re * re + im * im, 3);
    }
  }
});
