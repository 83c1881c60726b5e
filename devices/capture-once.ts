/** One capture of any kind, for a person who wants to see that a device works. */
import sharp from "sharp";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { Devices } from "./open.ts";
import type { DeviceInfo, DeviceKind, FingerImage, FingerPosition } from "./port.ts";

export interface Taken {
  readonly device: DeviceInfo;
  /** One line for people. */
  readonly summary: string;
  /** For programs; sizes and counts, never what was captured. */
  readonly measures: Readonly<Record<string, string | number>>;
  /** What `--out` writes. */
  readonly file: Uint8Array;
}

const PDF = new TextEncoder().encode("%PDF-1.4\n%%EOF\n");
const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

/** How to capture; `finger` is for a simulated sensor. */
export interface CaptureOnceOptions {
  readonly timeoutMs: number;
  /** What the sensor is waiting for, while it waits. */
  readonly tell: (state: string) => void;
  readonly finger?: FingerPosition;
}

export async function captureOnce(devices: Devices, kind: DeviceKind, options: CaptureOnceOptions): Promise<Taken> {
  switch (kind) {
    case "camera": {
      const camera = await devices.camera.ready(options);
      const { jpeg, width, height } = await camera.still(options);
      return taken(
        camera.info,
        `${width} × ${height}, ${jpeg.length} bytes`,
        { width, height, bytes: jpeg.length },
        jpeg,
      );
    }
    case "fingerprint": {
      const sensor = await devices.fingerprint.ready(options);
      const print = await sensor.capture({
        ...options,
        onProgress: ({ state }) => state !== "preview" && options.tell(state),
      });
      const { width, height, ppi } = print;
      return taken(sensor.info, `${width} × ${height} at ${ppi} ppi`, { width, height, ppi }, await png(print));
    }
    case "smartcard": {
      const reader = await devices.smartcard.ready(options);
      const channel = await reader.connect(options);
      await channel.close();
      const atr = Buffer.from(channel.atr).toString("hex");
      return taken(reader.info, `a card with answer to reset ${atr}`, { atr }, json({ atr }));
    }
    case "scanner": {
      const scanner = await devices.scanner.ready(options);
      if (!scanner.can.page)
        throw new KabinaError("device/unsupported", { device: scanner.info.name, operation: "page" });
      const { image, width, height } = await scanner.scanPage(options);
      return taken(
        scanner.info,
        `${width} × ${height}, ${image.length} bytes`,
        { width, height, bytes: image.length },
        image,
      );
    }
    case "signature": {
      const pad = await devices.signature.ready(options);
      const ink = await pad.capture({ timeoutMs: options.timeoutMs });
      const strokes = ink.strokes.length;
      return taken(pad.info, `${strokes} strokes`, { strokes }, json(ink));
    }
    case "printer": {
      const printer = await devices.printer.ready(options);
      const { where, job } = await printer.print({ title: "Kabina test", pdf: PDF }, options);
      return taken(printer.info, `an empty page, on ${where}`, { where, job }, json({ where, job }));
    }
  }
}

const taken = (device: DeviceInfo, summary: string, measures: Taken["measures"], file: Uint8Array): Taken => ({
  device,
  summary: `${device.name}: ${summary}`,
  measures,
  file,
});

const png = async ({ width, height, data, ppi }: FingerImage) =>
  new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 1 } })
      .withMetadata({ density: ppi })
      .png()
      .toBuffer(),
  );
