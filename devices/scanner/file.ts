/** A document scanner made of an image file: whatever another program or a person put there counts as the page on the glass. */

import { open as openFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import sharp from "sharp";
import type { Clock } from "../../crypto/environment.ts";
import { absent } from "../absent.ts";
import { DeviceCore } from "../device-core.ts";
import { scannerLimits } from "../limits.ts";
import type { DeviceDriver, DeviceInfo, ScannedPage, Scanner } from "../port.ts";
import { waitFor } from "../wait.ts";

type ScannerInfo = DeviceInfo & { readonly kind: "scanner" };

export interface FileScannerOptions {
  readonly clock: Clock;
  /** JPEG or PNG images, one scanner each. */
  readonly files: readonly string[];
}

export function fileScanners(options: FileScannerOptions): DeviceDriver<"scanner"> {
  const infoOf = (path: string): ScannerInfo => ({
    id: `file:${path}`,
    kind: "scanner",
    driver: "file",
    name: basename(path),
    simulated: true,
  });
  const exists = async (path: string) => (await stat(path).catch(() => null))?.isFile() ?? false;
  return {
    kind: "scanner",
    name: "file",
    list: async () => {
      const present = await Promise.all(options.files.map(exists));
      return options.files.filter((_, index) => present[index]).map(infoOf);
    },
    open: async (id): Promise<Scanner> => {
      const path = options.files.find((one) => infoOf(one).id === id);
      if (path === undefined || !(await exists(path))) throw absent("scanner");
      const core = new DeviceCore<ScannerInfo>(infoOf(path), options.clock);
      return {
        info: core.info,
        can: { page: true, code: false },
        ended: core.ended,
        health: () => core.health(),
        on: (listener) => core.on(listener),
        close: async () => core.end(null),
        scanPage: (wait) =>
          waitFor<ScannedPage>(core, wait, scannerLimits.pageTimeoutMs, (settle) => {
            readPage(core, path).then(settle.resolve, settle.reject);
            return undefined;
          }),
        scanCode: async () => {
          throw core.error("device/unsupported", { operation: "code" });
        },
      };
    },
  };
}

async function readPage(core: DeviceCore, path: string): Promise<ScannedPage> {
  const image = await readLimited(core, path);
  const metadata = await sharp(image, { limitInputPixels: scannerLimits.pagePixelsPerSide ** 2 })
    .metadata()
    .catch((cause: unknown) => {
      throw core.error("device/bad-data", { reason: "no image" }, cause);
    });
  const { format, width, height } = metadata;
  if (format !== "jpeg" && format !== "png")
    throw core.error("device/bad-data", { reason: `an image of type ${format}` });
  return { mediaType: `image/${format}`, image, width, height, takenAt: core.clock.monotonic() };
}

async function readLimited(core: DeviceCore, path: string): Promise<Uint8Array> {
  const file = await openFile(path).catch((cause: unknown) => {
    throw core.error("device/unplugged", {}, cause);
  });
  try {
    const { size } = await file.stat();
    if (size > scannerLimits.pageBytes) throw core.error("device/too-large", { limit: scannerLimits.pageBytes });
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}
