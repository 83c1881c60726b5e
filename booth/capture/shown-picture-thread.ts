/** Makes of a JPEG 2000 picture one that a browser shows. Started by `shown-picture.ts`, for one picture. */
import { parentPort, workerData } from "node:worker_threads";
import { decodeImage, encodeJpeg } from "../../biometrics/image/codec.ts";

const jpeg = await encodeJpeg(await decodeImage(workerData as Uint8Array)).catch(() => null);
parentPort?.postMessage(jpeg);
