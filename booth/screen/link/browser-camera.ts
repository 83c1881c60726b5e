import { type RefObject, useEffect, useRef, useState } from "react";
import { CameraFrameKind } from "../../api/messages.ts";

/** Milliseconds between preview frames: about 8 a second. */
const PREVIEW_EVERY_MS = 125;
const PREVIEW_WIDTH = 640;
const PREVIEW_QUALITY = 0.72;
const STILL_QUALITY = 0.95;

export type CameraState = "asking" | "running" | "denied";

/** The canvas's picture as JPEG bytes. */
async function jpegOf(video: HTMLVideoElement, width: number, height: number, quality: number): Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(video, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
  if (blob === null) throw new Error("the browser gave no JPEG");
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * The person's own camera while `active`: shows it in `video`, pushes preview frames, and one full-size still for each
 * count of `stillsWanted`. The stream stops when the step is left.
 */
export function useBrowserCamera(
  active: boolean,
  stillsWanted: number,
  sendFrame: (kind: number, jpeg: Uint8Array) => boolean,
): { video: RefObject<HTMLVideoElement | null>; camera: CameraState } {
  const video = useRef<HTMLVideoElement | null>(null);
  const [camera, setCamera] = useState<CameraState>("asking");
  const stillsSent = useRef(0);

  useEffect(() => {
    if (!active) return;
    let stream: MediaStream | undefined;
    let timer: number | undefined;
    let ended = false;
    const preview = async () => {
      const element = video.current;
      if (element && element.videoWidth > 0) {
        const width = Math.min(PREVIEW_WIDTH, element.videoWidth);
        const height = Math.round((width * element.videoHeight) / element.videoWidth);
        const jpeg = await jpegOf(element, width, height, PREVIEW_QUALITY);
        if (!ended) sendFrame(CameraFrameKind.preview, jpeg);
      }
      if (!ended) timer = window.setTimeout(preview, PREVIEW_EVERY_MS);
    };
    const open = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: "user" },
          audio: false,
        });
        if (ended || video.current === null) {
          for (const track of stream.getTracks()) track.stop();
          return;
        }
        video.current.srcObject = stream;
        await video.current.play();
        setCamera("running");
        await preview();
      } catch {
        if (!ended) setCamera("denied");
      }
    };
    setCamera("asking");
    void open();
    return () => {
      ended = true;
      window.clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [active, sendFrame]);

  useEffect(() => {
    if (!active || camera !== "running") return;
    if (stillsWanted < stillsSent.current) stillsSent.current = 0;
    const push = async () => {
      while (stillsSent.current < stillsWanted && video.current) {
        stillsSent.current += 1;
        const element = video.current;
        sendFrame(CameraFrameKind.still, await jpegOf(element, element.videoWidth, element.videoHeight, STILL_QUALITY));
      }
    };
    void push();
  }, [active, camera, stillsWanted, sendFrame]);

  return { video, camera };
}
