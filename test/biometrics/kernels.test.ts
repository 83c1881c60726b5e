import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { seededRandom } from "../../biometrics/synthetic/random.ts";
import { synthesisPlan } from "../../biometrics/wsq/filters.ts";
import { compiledCentred, compiledPasses, plainCentred, plainPasses } from "../../biometrics/wsq/passes.ts";
import { join, split } from "../../biometrics/wsq/transform.ts";

interface Build {
  readonly kernels: readonly { source: string; target: string; name: string }[];
  compile(source: string): Promise<string>;
}

const same = (a: Float32Array, b: Float32Array) => Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;

describe("compiled hot loops", () => {
  test("are what their sources compile to: else nobody could tell what runs", async () => {
    const assembly = new URL("../../biometrics/assembly/", import.meta.url);
    const { kernels, compile } = (await import(new URL("build.mjs", assembly).href)) as Build;
    for (const { source, target } of kernels) {
      const committed = readFileSync(new URL(target, assembly), "latin1");
      const text = [...committed.matchAll(/"([A-Za-z0-9+/=]+)"/g)].map((match) => match[1]).join("");
      expect(text).toBe(await compile(source));
    }
  });

  test.each([
    [96, 97],
    [131, 200],
  ])("the wavelet transform of %i×%i gives the plain one's bytes, and comes back", (width, height) => {
    const random = seededRandom(3);
    const grey = Uint8Array.from({ length: width * height }, () => random.index(256));
    const { passes, shift, scale } = compiledCentred(grey, width);
    const { passes: slow, ...plainScale } = plainCentred(grey, width);
    expect({ shift, scale }).toEqual(plainScale);
    const pixels = passes.result();
    expect(same(pixels, slow.result())).toBe(true);
    split(passes, width, height);
    split(slow, width, height);
    const fast = passes.result();
    expect(same(fast, slow.result())).toBe(true);
    const filters = {
      low: Float32Array.of(
        -0.0645388826,
        -0.0406894176,
        0.4180922732,
        0.7884856164,
        0.4180922732,
        -0.0406894176,
        -0.0645388826,
      ),
      high: Float32Array.of(
        0.0378284555,
        0.023849465,
        -0.1106244044,
        -0.3774028556,
        0.852698679,
        -0.3774028556,
        -0.1106244044,
        0.023849465,
        0.0378284555,
      ),
    };
    const [quick, plain] = [new Int16Array(200), new Int16Array(200)];
    passes.quantize(3, 11, 7, 0.75, 1.25, quick, 5);
    slow.quantize(3, 11, 7, 0.75, 1.25, plain, 5);
    expect(quick).toEqual(plain);
    expect(new Set(quick).size).toBeGreaterThan(10);
    const joined = join(fast, width, height, filters, compiledPasses);
    const back = joined.result();
    const plainly = join(fast, width, height, filters, plainPasses);
    expect(same(back, plainly.result())).toBe(true);
    expect(Buffer.compare(joined.grey(1.3, 120), plainly.grey(1.3, 120))).toBe(0);
    expect(Math.max(...back.map((v, i) => Math.abs(v - pixels[i]!)))).toBeLessThan(0.01);
  });

  test("a plan for even filters reads each half and nothing outside", () => {
    const filters = { low: new Float32Array(8).fill(0.5), high: new Float32Array(8).fill(0.25) };
    for (const length of [40, 41]) {
      for (const invert of [false, true]) {
        const plan = synthesisPlan(length, filters, invert);
        expect(plan.length).toBe(length);
        expect(plan.reach).toBeLessThan(length);
        expect(Math.min(...plan.source)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
