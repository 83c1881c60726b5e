/** The receipt slip on paper: the package's number and its code, nothing personal. */
import PDFDocument from "pdfkit";
import QRCode from "qrcode";
import { packageNumber } from "../../crypto/package/number.ts";
import type { BoothDevices } from "../capture/devices.ts";
import type { Activity } from "../session/activity.ts";
import type { SessionContext } from "../session/context.ts";

/** Points: a receipt roll of 80 mm. */
const PAGE = { width: 227, height: 300, margin: 18 } as const;

const titles = { en: "Kabina: your application is sealed", ru: "Kabina: ваше заявление запечатано" } as const;

export function receiptPrinting(devices: BoothDevices): Activity {
  return async (stage) => {
    const printer = devices.printer.current;
    if (printer === null) return stage.emit({ type: "printed", printed: "no-printer" });
    try {
      const slip = { title: stage.session.packageId, pdf: await receiptPdf(stage.session) };
      await printer.print(slip, { signal: stage.signal });
      await stage.emit({ type: "printed", printed: "printed" });
    } catch {
      // The number is on the screen as well; the person decides whether to wait for anything.
      await stage.emit({ type: "printed", printed: "failed" });
    }
  };
}

async function receiptPdf(session: SessionContext): Promise<Uint8Array> {
  const code = await QRCode.toBuffer(session.sealed?.qrText ?? session.packageId, { margin: 1, width: 360 });
  const document = new PDFDocument({ size: [PAGE.width, PAGE.height], margin: PAGE.margin, info: {} });
  const chunks: Buffer[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    document.on("data", (chunk: Buffer) => chunks.push(chunk));
    document.on("end", () => resolve(new Uint8Array(Buffer.concat(chunks))));
    document.on("error", reject);
  });
  const font = FONTS[session.language];
  if (font !== undefined) document.font(font);
  document.fontSize(10).text(titles[session.language], { align: "center" });
  document.image(code, (PAGE.width - 150) / 2, document.y + 8, { width: 150 });
  document.y += 166;
  document.fontSize(16).text(packageNumber(session.packageId), { align: "center" });
  document.fontSize(7).text(session.packageId, { align: "center" });
  document.end();
  return done;
}

/** pdfkit's own fonts have no Cyrillic; DejaVu is one of the packages that set-up installs. */
const FONTS: Readonly<Record<"en" | "ru", string | undefined>> = {
  en: undefined,
  ru: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
};
