/** The page of a document of Utopia that carries the MRZ, as a drawing: for scanners' simulators and for whoever reads pictures. */
import type { Mrz } from "../mrz/mrz.ts";

/** Sizes of the documents, in millimetres (9303-4 to -7). */
const pageSizes = {
  TD1: { width: 85.6, height: 54 },
  TD2: { width: 105, height: 74 },
  TD3: { width: 125, height: 88 },
  "MRV-A": { width: 120, height: 80 },
  "MRV-B": { width: 105, height: 74 },
} as const;

/** OCR-B in size I stands 2.54 mm apart; the font's advance is this part of its size. */
const pitch = 2.54;
const advance = 0.723;
/** Between the lines' feet, and from the last one's to the page's edge, millimetres. */
const lineSpacing = 6.35;
const lowest = 8;

export interface DocumentPageOptions {
  /** The font of the zone; OCR B in Debian's package fonts-ocr-b. */
  readonly font?: string;
  /** The portrait, a JPEG. */
  readonly portrait?: Uint8Array;
  /** Thickens the zone's strokes by this, millimetres. */
  readonly weight?: number;
  /** How much of the background's pattern there is, 0…1. */
  readonly pattern?: number;
}

export function pageSize(format: Mrz["format"]): { readonly width: number; readonly height: number } {
  return pageSizes[format];
}

/** An SVG, one unit a millimetre. */
export function documentPageSvg(mrz: Mrz, options: DocumentPageOptions = {}): string {
  const { width, height } = pageSizes[mrz.format];
  const left = (width - mrz.lines[0]!.length * pitch) / 2;
  const stroke = options.weight ? `stroke="black" stroke-width="${options.weight}"` : "";
  const lines = mrz.lines.map((line, i) => {
    const y = height - lowest - (mrz.lines.length - 1 - i) * lineSpacing;
    return `<text x="${left}" y="${y}" font-family="${options.font ?? "OCR B"}" font-size="${pitch / advance}" ${stroke} xml:space="preserve">${escaped(line)}</text>`;
  });
  const portrait = options.portrait
    ? `<image x="${width * 0.05}" y="${height * 0.2}" width="${width * 0.26}" height="${height * 0.4}" preserveAspectRatio="xMidYMid slice" href="data:image/jpeg;base64,${Buffer.from(options.portrait).toString("base64")}"/>`
    : `<rect x="${width * 0.05}" y="${height * 0.2}" width="${width * 0.26}" height="${height * 0.4}" fill="#9aa"/>`;
  const entries = [
    ["Type", mrz.documentCode],
    ["Code", mrz.issuer],
    ["No", mrz.documentNumber],
    ["Surname", mrz.primaryIdentifier],
    ["Given names", mrz.secondaryIdentifier],
    ["Nationality", mrz.nationality],
    ["Born", mrz.dateOfBirth],
    ["Sex", mrz.sex],
    ["Expires", mrz.dateOfExpiry],
  ];
  const text = entries.map(([label, value], i) => {
    const y = height * 0.2 + i * height * 0.045;
    return `<text x="${width * 0.36}" y="${y}" font-family="DejaVu Sans" font-size="1.6" fill="#555">${label}</text><text x="${width * 0.55}" y="${y}" font-family="DejaVu Sans" font-size="2.6">${escaped(value!)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#f2efe6"/>${guilloche(width, height, options.pattern ?? 0.5)}<text x="${width * 0.05}" y="${height * 0.1}" font-family="DejaVu Sans" font-size="4">UTOPIA</text>${portrait}${text.join("")}${lines.join("")}</svg>`;
}

/** Fine waves, as security printing has them. */
function guilloche(width: number, height: number, strength: number): string {
  const waves: string[] = [];
  for (let i = 0; i < height; i += 1.3) {
    let path = `M0 ${i}`;
    for (let x = 0; x < width; x += 4) path += ` q 1 ${i % 2 < 1 ? -1.6 : 1.6} 2 0 t 2 0`;
    waves.push(
      `<path d="${path}" stroke="${i % 3 < 1.5 ? "#8fb7c9" : "#d8a9b4"}" stroke-opacity="${strength}" stroke-width="0.18" fill="none"/>`,
    );
  }
  return waves.join("");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
