/**
 * Trains the network that tells the characters of an MRZ apart, and writes mrtd/mrz/ocr/glyph-weights.ts:
 *
 *   sh scripts/build.sh && node dist/test/bench/train-mrz-glyphs.js [pages, 1400] [epochs, 12]
 *
 * Pages with random characters are drawn (OCR B mostly, and typewriter fonts, which specimens are printed in), photographed badly, located and cut by
 * the code that reads pictures; what it cuts is what the network learns. Every tenth page is kept back to measure. Some 20 minutes.
 */
import { writeFileSync } from "node:fs";
import { mrzLayouts } from "../../mrtd/mrz/layout.ts";
import type { MrzFormat } from "../../mrtd/mrz/mrz.ts";
import { mrzCharacters } from "../../mrtd/mrz/ocr/glyph-net.ts";
import { locateZones } from "../../mrtd/mrz/ocr/locate.ts";
import { glyphSize } from "../../mrtd/mrz/ocr/strip.ts";
import { generator, photograph } from "../mrtd/ocr/photograph.ts";

const inputs = glyphSize.width * glyphSize.height;
const widths = [inputs, 128, 64, mrzCharacters.length];

interface Sample {
  readonly glyph: Float32Array;
  readonly label: number;
  readonly line: number;
  readonly held: boolean;
}

async function samplesOf(seed: number): Promise<Sample[]> {
  const random = generator(seed * 7919 + 13);
  for (let i = 0; i < 5; i++) random();
  const between = (a: number, b: number) => a + (b - a) * random();
  const format = (["TD3", "TD3", "TD1", "TD2"] as const satisfies MrzFormat[])[Math.floor(random() * 4)]!;
  const layout = mrzLayouts[format];
  const lines = Array.from({ length: layout.lines }, () =>
    Array.from({ length: layout.width }, () =>
      random() < 0.12 ? "<" : mrzCharacters[Math.floor(random() * mrzCharacters.length)]!,
    ).join(""),
  );
  const choice = random();
  const font =
    choice < 0.55
      ? "OCR B"
      : choice < 0.8
        ? "OCR B S"
        : choice < 0.9
          ? "DejaVu Sans Mono"
          : choice < 0.95
            ? "Noto Sans Mono"
            : "Nimbus Mono PS";
  const scale = Math.exp(between(Math.log(4.2), Math.log(12)));
  const page = { lines, documentNumber: "X", primaryIdentifier: "A", secondaryIdentifier: "B", nationality: "UTO" };
  const rest = {
    issuer: "UTO",
    dateOfBirth: "800101",
    sex: "F",
    dateOfExpiry: "300101",
    namesTruncated: false,
  } as const;
  const image = await photograph(
    { format, documentCode: "P", faults: [], ...page, ...rest },
    {
      scale,
      rotation: between(-1, 1) * between(0, 12),
      tilt: { x: between(-0.12, 0.12) * random(), y: between(-0.1, 0.1) * random() },
      blur: between(0, 1) * Math.min(2.4, scale * 0.22),
      noise: between(0, 14) * random(),
      shade: between(0, 0.6) * random(),
      bend: random() < 0.3 ? between(-1.5, 1.5) : 0,
      ...(random() < 0.6 && { jpeg: Math.round(between(30, 90)) }),
      seed,
      table: { grey: Math.round(between(20, 230)), margin: between(3, 10) },
    },
    { font, weight: random() < 0.5 ? between(0, 0.16) : 0, pattern: between(0, 1) },
  );
  for (const { glyphs } of locateZones(image)) {
    if (glyphs.length !== layout.lines || glyphs[0]!.length !== layout.width) continue;
    return glyphs.flatMap((line, i) =>
      line.map((glyph, k) => ({
        glyph,
        label: mrzCharacters.indexOf(lines[i]![k]!),
        line: seed * 4 + i,
        held: seed % 10 === 0,
      })),
    );
  }
  return [];
}

/** A network with what its training needs (Adam). */
class Net {
  readonly layers = widths.slice(1).map((outputs, i) => {
    const count = widths[i]! * outputs;
    const random = generator(i + 77);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return {
      inputs: widths[i]!,
      outputs,
      w: Float32Array.from({ length: count }, () => normal() * Math.sqrt(2 / widths[i]!)),
      b: new Float32Array(outputs),
      gw: new Float32Array(count),
      gb: new Float32Array(outputs),
      mw: new Float32Array(count),
      vw: new Float32Array(count),
      mb: new Float32Array(outputs),
      vb: new Float32Array(outputs),
    };
  });
  private steps = 0;

  forward(input: Float32Array): Float32Array[] {
    const values = [input];
    for (const [i, layer] of this.layers.entries()) {
      const from = values[i]!;
      const to = new Float32Array(layer.outputs);
      for (let o = 0; o < layer.outputs; o++) {
        let sum = layer.b[o]!;
        for (let k = 0, at = o * layer.inputs; k < layer.inputs; k++, at++) sum += layer.w[at]! * from[k]!;
        to[o] = i + 1 < this.layers.length ? Math.max(0, sum) : sum;
      }
      values.push(to);
    }
    return values;
  }

  /** Adds the gradient of one sample; labels are smoothed, so that the network does not become surer than it may be. */
  learn(input: Float32Array, label: number): void {
    const values = this.forward(input);
    const out = values[values.length - 1]!;
    const top = Math.max(...out);
    const powers = out.map((value) => Math.exp(value - top));
    const total = powers.reduce((a, b) => a + b, 0);
    const smooth = 0.01;
    let delta = powers.map((p, o) => p / total - (o === label ? 1 - smooth : smooth / (out.length - 1)));
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i]!;
      const from = values[i]!;
      const before = new Float32Array(layer.inputs);
      for (let o = 0; o < layer.outputs; o++) {
        const d = delta[o]!;
        if (d === 0) continue;
        layer.gb[o]! += d;
        for (let k = 0, at = o * layer.inputs; k < layer.inputs; k++, at++) {
          layer.gw[at]! += d * from[k]!;
          before[k]! += d * layer.w[at]!;
        }
      }
      if (i > 0) for (let k = 0; k < before.length; k++) if (from[k]! <= 0) before[k] = 0;
      delta = before;
    }
  }

  step(rate: number, batch: number): void {
    this.steps++;
    const c1 = 1 - 0.9 ** this.steps;
    const c2 = 1 - 0.999 ** this.steps;
    const update = (w: Float32Array, g: Float32Array, m: Float32Array, v: Float32Array, decay: number) => {
      for (let i = 0; i < w.length; i++) {
        const gradient = g[i]! / batch;
        m[i] = 0.9 * m[i]! + 0.1 * gradient;
        v[i] = 0.999 * v[i]! + 0.001 * gradient * gradient;
        w[i]! -= rate * (m[i]! / c1 / (Math.sqrt(v[i]! / c2) + 1e-8) + decay * w[i]!);
        g[i] = 0;
      }
    };
    for (const layer of this.layers) {
      update(layer.w, layer.gw, layer.mw, layer.vw, 1e-3);
      update(layer.b, layer.gb, layer.mb, layer.vb, 0);
    }
  }

  label(input: Float32Array): number {
    const out = this.forward(input).pop()!;
    return out.indexOf(Math.max(...out));
  }
}

/** The glyph a little moved, stretched, darkened and noisy. */
function shaken(glyph: Float32Array, random: () => number): Float32Array {
  const { width, height } = glyphSize;
  const moved = new Float32Array(glyph.length);
  const dx = (random() - 0.5) * 2.6;
  const dy = (random() - 0.5) * 2.6;
  const sx = 1 + (random() - 0.5) * 0.16;
  const sy = 1 + (random() - 0.5) * 0.16;
  const shear = (random() - 0.5) * 0.16;
  const gain = 0.85 + random() * 0.3;
  const noise = random() * 0.12;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ry = y - (height - 1) / 2;
      const px = (x - (width - 1) / 2) * sx + ry * shear + (width - 1) / 2 + dx;
      const py = ry * sy + (height - 1) / 2 + dy;
      const cx = Math.min(Math.max(px, 0), width - 1.001);
      const cy = Math.min(Math.max(py, 0), height - 1.001);
      const [left, upper] = [Math.floor(cx), Math.floor(cy)];
      const [fx, fy] = [cx - left, cy - upper];
      const at = upper * width + left;
      const a = glyph[at]! * (1 - fx) + glyph[at + 1]! * fx;
      const b = glyph[at + width]! * (1 - fx) + glyph[at + width + 1]! * fx;
      const value = (a + (b - a) * fy) * gain + (random() + random() - 1) * noise;
      moved[y * width + x] = Math.min(1.2, Math.max(-0.2, value));
    }
  }
  return moved;
}

const pages = Number(process.argv[2] ?? 1400);
const epochs = Number(process.argv[3] ?? 12);
let samples: Sample[] = [];
for (let seed = 1; seed <= pages; seed++) {
  samples.push(...(await samplesOf(seed)));
  if (seed % 100 === 0) process.stdout.write(`${seed} pages, ${samples.length} characters\n`);
}

const net = new Net();
const random = generator(5);
for (let epoch = 0; epoch < epochs; epoch++) {
  const learning = samples.filter(({ held }) => !held);
  for (let i = learning.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [learning[i], learning[j]] = [learning[j]!, learning[i]!];
  }
  const batch = 64;
  const rate = 0.0015 * 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs));
  for (let i = 0; i < learning.length; i++) {
    net.learn(shaken(learning[i]!.glyph, random), learning[i]!.label);
    if (i % batch === batch - 1) net.step(rate, batch);
  }
  // A line that was cut one character too early or too late has other labels than it shows: out with it.
  const wrong = new Map<number, number>();
  const held = { right: 0, of: 0 };
  for (const sample of samples) {
    const right = net.label(sample.glyph) === sample.label;
    if (!right) wrong.set(sample.line, (wrong.get(sample.line) ?? 0) + 1);
    if (!sample.held) continue;
    held.of++;
    if (right) held.right++;
  }
  if (epoch === 1) samples = samples.filter(({ line }) => (wrong.get(line) ?? 0) < 15);
  process.stdout.write(`epoch ${epoch + 1}: ${((100 * held.right) / held.of).toFixed(2)} % of ${held.of} kept back\n`);
}

const parts: Buffer[] = [];
for (const layer of net.layers) {
  for (let o = 0; o < layer.outputs; o++) {
    const row = layer.w.subarray(o * layer.inputs, (o + 1) * layer.inputs);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9) / 127;
    const head = Buffer.alloc(8);
    head.writeFloatLE(scale, 0);
    head.writeFloatLE(layer.b[o]!, 4);
    parts.push(head, Buffer.from(Int8Array.from(row, (value) => Math.round(value / scale)).buffer));
  }
}
const data = Buffer.concat(parts).toString("base64");
writeFileSync(
  "mrtd/mrz/ocr/glyph-weights.ts",
  `/** Written by test/bench/train-mrz-glyphs.ts (${pages} pages, ${epochs} epochs): do not edit. */
export const glyphWeights = {
  outputs: [${widths.slice(1).join(", ")}],
  data: "${data}",
} as const;
`,
);
