/** One HTML page that shows what the engine saw in a picture and how each measure came out. It loads nothing from elsewhere. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeJpeg } from "../image/codec.ts";
import type { RgbImage } from "../image/image.ts";
import type { PortraitAssessment } from "./assessment.ts";
import { type FaceLimits, faceLimits } from "./limits.ts";
import { meshIndex, meshPoint } from "./mesh.ts";
import { portraitFrame } from "./portrait-geometry.ts";
import { substituteMeasures } from "./substitutes.ts";

/** Writes `index.html` and `picture.jpg` into a folder, which is made if need be. */
export async function explainFace(
  still: RgbImage,
  assessment: PortraitAssessment,
  directory: string,
  limits: FaceLimits = faceLimits,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "picture.jpg"), await encodeJpeg(still, { quality: 90 }));
  await writeFile(join(directory, "index.html"), page(assessment, limits));
}

function page(assessment: PortraitAssessment, limits: FaceLimits): string {
  const { width, height, faces, score, pass, hint, measures } = assessment;
  const rows = Object.entries(measures).map(([name, one]) => {
    const least = (limits.pass as Readonly<Record<string, number>>)[name];
    const own = (substituteMeasures as readonly string[]).includes(name) ? " *" : "";
    const raw = one.raw === null ? "–" : one.raw.toPrecision(4);
    return `<tr class="${one.pass ? "pass" : "fail"}"><th scope="row">${name}${own}</th><td>${raw}</td><td>${one.value}</td><td>${least ?? "–"}</td><td><meter min="0" max="100" value="${one.value}"></meter></td><td>${one.hint ?? ""}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Portrait: score ${score}</title>
<style>
body{font:16px/1.4 system-ui,sans-serif;margin:2rem;display:flex;gap:2rem;flex-wrap:wrap;color:#1a1a1a;background:#fff}
figure{margin:0;position:relative;flex:1 1 30rem}img,svg{width:100%;display:block}svg{position:absolute;inset:0}
table{border-collapse:collapse}th{text-align:left;font-weight:normal}td,th{padding:.15rem .6rem;border-bottom:1px solid #ddd}.fail{background:#fde8e6;font-weight:bold}
</style>
<figure><img src="picture.jpg" alt="the picture that was judged"><svg viewBox="0 0 ${width} ${height}">${drawing(assessment, limits)}</svg></figure>
<section><h1>Score ${score}, ${pass ? "passes" : `first hint: ${hint}`}</h1><p>${faces} face(s), ${width} × ${height} pixels.</p>
<table><thead><tr><th>measure</th><th>raw</th><th>value</th><th>least</th><th></th><th>hint</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table><p>* Kabina's own measure: not comparable with OFIQ's of that name.</p></section></html>
`;
}

function drawing({ observation }: PortraitAssessment, limits: FaceLimits): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  return observation.faces
    .map((face, index) => {
      const { box } = face;
      const outline = `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${round(box.height)}" fill="none" stroke="#0a7" stroke-width="2"/>`;
      if (index > 0) return outline.replace("#0a7", "#c22");
      const dots = Array.from({ length: face.mesh.length / 3 }, (_, i) => {
        const { x, y } = meshPoint(face.mesh, i);
        return `<circle cx="${round(x)}" cy="${round(y)}" r="1" fill="#fff" fill-opacity=".7"/>`;
      });
      const marks = [face.eyes.right, face.eyes.left, face.nose, meshPoint(face.mesh, meshIndex.chin)].map(
        ({ x, y }) => `<circle cx="${round(x)}" cy="${round(y)}" r="4" fill="none" stroke="#06f" stroke-width="2"/>`,
      );
      const { origin, width, height, angle } = portraitFrame(face, limits.portrait);
      const cut = `<rect width="${round(width)}" height="${round(height)}" fill="none" stroke="#fb0" stroke-width="3" transform="translate(${round(origin.x)} ${round(origin.y)}) rotate(${round((angle * 180) / Math.PI)})"/>`;
      return outline + dots.join("") + marks.join("") + cut;
    })
    .join("");
}
