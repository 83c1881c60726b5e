/** The live picture as MJPEG (multipart/x-mixed-replace): the newest frame to each viewer, as fast as it takes them. */

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Camera } from "../../devices/port.ts";
import { captureLimits } from "../capture/limits.ts";
import type { SessionHost } from "../session/session-host.ts";

const BOUNDARY = "kabina-frame";

/** Sends frames until the viewer leaves, the step is over, or the camera fails. */
export async function sendPreview(camera: Camera, host: SessionHost, response: ServerResponse): Promise<void> {
  const abort = new AbortController();
  response.on("close", () => abort.abort());
  const off = host.onChange(() => {
    if (host.step !== "face") abort.abort();
  });
  response.writeHead(200, {
    "content-type": `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
    "cache-control": "no-store",
  });
  try {
    for await (const { jpeg } of camera.preview({ signal: abort.signal, maxWidth: captureLimits.guideFrameWidth })) {
      response.write(`--${BOUNDARY}\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      if (!response.write("\r\n")) await once(response, "drain", { signal: abort.signal });
      if (abort.signal.aborted) break;
    }
  } catch {
    // The viewer has left, or the camera failed: the step's own loop says so, and the viewer asks again when it is back.
  } finally {
    off();
    response.end();
  }
}
