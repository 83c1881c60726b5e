import { readFileSync } from "node:fs";
import { decodeGrey, encodeGreyPng } from "../biometrics/image/codec.ts";
import { extractStages } from "../biometrics/finger/extract.ts";
import { assessFinger } from "../biometrics/finger/quality.ts";
import sharp from "sharp";
import { writeFileSync } from "node:fs";
const D = "/work/shared/data/biometrics/fingerprints/images/";
for (const f of process.argv.slice(2)) {
  const img = await decodeGrey(readFileSync(D + f));
  for (let k=0;k<2;k++) extractStages(img);
  let t = performance.now();
  const s = extractStages(img);
  t = performance.now() - t;
  console.log(f, img.ppi, s.image.width, s.image.height, t.toFixed(1)+"ms", s.minutiae.length, JSON.stringify(assessFinger(img)));
  const {width:w,height:h}=s.image;
  const px = new Uint8Array(w*2*h*3);
  for (let y=0;y<h;y++) for (let x=0;x<w;x++){ const i=y*w+x; const o=(y*w*2+x)*3; const g=s.image.data[i]!; px[o]=px[o+1]=px[o+2]=g;
    const e=Math.max(0,Math.min(255,128+s.enhanced[i]!*80)); const c=s.map.mask[Math.floor(y/8)*s.map.columns+Math.floor(x/8)]?e:60; const q=(y*w*2+w+x)*3; px[q]=px[q+1]=px[q+2]=c; if (s.skeleton[i]) {px[q]=0;px[q+1]=160;px[q+2]=0;} }
  let svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${2*w}" height="${h}">`;
  for (const m of s.minutiae) for (const ox of [0,w]) { const c = m.type==="ending"?"red":"blue"; svg += `<circle cx="${m.x+ox}" cy="${m.y}" r="4" fill="none" stroke="${c}" stroke-width="1.5"/><line x1="${m.x+ox}" y1="${m.y}" x2="${m.x+ox+12*Math.cos(m.direction)}" y2="${m.y-12*Math.sin(m.direction)}" stroke="${c}" stroke-width="1.5"/>`; }
  svg += "</svg>";
  await sharp(px,{raw:{width:2*w,height:h,channels:3}}).composite([{input:Buffer.from(svg)}]).resize({width:Math.min(1400,3*w)}).png().toFile("/tmp/fg/"+f.replace("/","_"));
}
