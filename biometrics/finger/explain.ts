/** Every stage of an extraction as a picture, and one page that shows them in order. */
import { encodeGreyPng } from "../image/codec.ts";
import type { GreyImage } from "../image/image.ts";
import { type Extraction, extractStages } from "./extract.ts";
import { assessFinger } from "./quality.ts";
import { withRidgeCounts } from "./ridge-count.ts";
import { type RidgeMap, ridgeAngle } from "./ridge-map.ts";
import type { RidgeCount } from "./template.ts";

export interface ExplainedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files of an explanation: `index.html` and one PNG per stage. */
export async function explainFinger(source: GreyImage): Promise<ExplainedFile[]> {
  const stages = extractStages(source);
  const { width, height } = stages.image;
  const picture = async (name: string, value: (i: number) => number) => {
    const data = Uint8Array.from({ length: width * height }, (_, i) =>
      Math.max(0, Math.min(255, Math.round(value(i)))),
    );
    return { name: `${name}.png`, bytes: await encodeGreyPng({ width, height, data, ppi: 500 }) };
  };
  const cell = (i: number) => {
    const { map } = stages;
    return Math.floor(Math.floor(i / width) / map.cell) * map.columns + Math.floor((i % width) / map.cell);
  };
  const pictures = [
    await picture("1-working", (i) => stages.image.data[i]!),
    await picture("2-normalised", (i) => 128 + 50 * stages.normalised.value[i]!),
    await picture("3-mask", (i) => 255 * stages.map.mask[cell(i)]!),
    await picture("4-coherence", (i) => 255 * stages.map.coherence[cell(i)]!),
    await picture("5-period", (i) => 15 * stages.map.period[cell(i)]!),
    await picture("6-enhanced", (i) => 128 + 90 * stages.enhanced[i]!),
    await picture("7-binarised", (i) => (stages.enhanced[i]! < 0 ? 0 : 255)),
    await picture("8-skeleton", (i) => 255 - 255 * stages.skeleton[i]!),
    await picture("9-quality", (i) => 255 * stages.quality[cell(i)]!),
  ];
  return [...pictures, { name: "index.html", bytes: new TextEncoder().encode(page(source, stages)) }];
}

function page(source: GreyImage, stages: Extraction): string {
  const { width, height } = stages.image;
  const assessed = assessFinger(source);
  const counts = withRidgeCounts(stages).ridgeCounts ?? [];
  const over = (picture: string, marks: string) =>
    `<svg viewBox="0 0 ${width} ${height}" width="${2 * width}"><image href="${picture}.png" width="${width}" height="${height}"/>${marks}</svg>`;
  const figure = (title: string, body: string) => `<figure>${body}<figcaption>${title}</figcaption></figure>`;
  const rows = [
    ["score", assessed.score],
    ["reasons", assessed.reasons.join(", ") || "none"],
    ...Object.entries(assessed.measures).map(([k, v]) => [k, Math.round(v * 1000) / 1000]),
    ["minutiae", stages.minutiae.length],
    ["ridge counts", counts.length],
    ["cores and deltas", stages.template.singularPoints.map(({ kind }) => kind).join(", ") || "none"],
  ];
  return `<!doctype html><meta charset="utf-8"><title>Finger</title>
<style>body{font:15px sans-serif;margin:2em}figure{display:inline-block;margin:8px}td{padding:2px 12px 2px 0}</style>
<h1>What the engine saw</h1>
<table>${rows.map(([k, v]) => `<tr><td>${k}</td><td>${v}</td></tr>`).join("")}</table>
${figure("minutiae: endings red, forks blue; cores and deltas green", over("1-working", minutiaMarks(stages)))}
${figure("ridge flow", over("1-working", flowMarks(stages.map)))}
${figure("ridges between a minutia and its nearest neighbour in each octant", over("7-binarised", countMarks(stages, counts)))}
${figure("minutiae on the enhanced ridges", over("6-enhanced", minutiaMarks(stages)))}
${["2-normalised", "3-mask", "4-coherence", "5-period", "7-binarised", "8-skeleton", "9-quality"]
  .map((name) => figure(captions[name.slice(2)] ?? name.slice(2), over(name, "")))
  .join("\n")}
`;
}

/** What a grey level means where the name does not say it. */
const captions: Readonly<Record<string, string>> = {
  period: "ridge period (frequency): 15 levels a pixel, so ridges 9 pixels apart are 135",
  coherence: "coherence: how parallel the ridges run, white = perfectly",
  mask: "mask: where there is a finger",
  quality: "quality of each cell, white = clear ridges",
};

/** Lines with their numbers; of a pair that was counted both ways the first. */
function countMarks(stages: Extraction, counts: readonly RidgeCount[]): string {
  const drawn = new Set<string>();
  return counts
    .flatMap(({ from, to, count }) => {
      const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
      if (drawn.has(pair)) return [];
      drawn.add(pair);
      const [a, b] = [stages.minutiae[from]!, stages.minutiae[to]!];
      return [
        `<path d="M${a.x} ${a.y}L${b.x} ${b.y}" stroke="#06c" stroke-width="0.7" opacity="0.7"/>`,
        `<text x="${(a.x + b.x) / 2}" y="${(a.y + b.y) / 2}" font-size="7" fill="#c00" stroke="#fff" stroke-width="1.5" paint-order="stroke">${count}</text>`,
      ];
    })
    .join("");
}

function minutiaMarks(stages: Extraction): string {
  const singular = stages.template.singularPoints.map(({ kind, x, y }) =>
    kind === "core"
      ? `<circle cx="${x}" cy="${y}" r="8" stroke="#090" fill="none"/>`
      : `<path d="M${x} ${y - 8}l7 13h-14z" stroke="#090" fill="none"/>`,
  );
  const minutiae = stages.minutiae.map((m) => {
    const x = m.x + 9 * Math.cos(m.direction);
    const y = m.y - 9 * Math.sin(m.direction);
    const colour = m.type === "ending" ? "#d00" : "#04d";
    return `<g stroke="${colour}" fill="none" opacity="${0.4 + 0.006 * m.quality}"><circle cx="${m.x}" cy="${m.y}" r="3"/><path d="M${m.x} ${m.y}L${x.toFixed(1)} ${y.toFixed(1)}"/></g>`;
  });
  return [...singular, ...minutiae].join("");
}

function flowMarks(map: RidgeMap): string {
  const lines: string[] = [];
  for (let i = 0; i < map.mask.length; i++) {
    if (map.mask[i] === 0) continue;
    const x = ((i % map.columns) + 0.5) * map.cell;
    const y = (Math.floor(i / map.columns) + 0.5) * map.cell;
    const dx = 3.5 * Math.cos(ridgeAngle(map, i));
    const dy = 3.5 * Math.sin(ridgeAngle(map, i));
    lines.push(`M${(x - dx).toFixed(1)} ${(y - dy).toFixed(1)}l${(2 * dx).toFixed(1)} ${(2 * dy).toFixed(1)}`);
  }
  return `<path d="${lines.join("")}" stroke="#d00" fill="none"/>`;
}
