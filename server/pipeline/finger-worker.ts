/**
 * The finger engine in a thread of its own: a print takes a good part of a second and a search through everybody more, and the intake
 * must not wait for it. A search lets other requests in between its slices.
 */
import { setImmediate as breath } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { fingerImageOf, recordedTemplate } from "../../biometrics/finger/file.ts";
import { assessFinger, extractTemplate, matchTemplates } from "../../biometrics/finger/finger.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { FingerAnswer, FingerReply, FingerRequest, ReadFinger } from "./finger-engine.ts";
import { Gallery, type GalleryHit } from "./gallery.ts";

const gallery = new Gallery();

async function answer(request: FingerRequest): Promise<FingerAnswer> {
  switch (request.kind) {
    case "examine":
      return { assessment: assessFinger(request.print), template: extractTemplate(request.print) };
    case "read":
      return readFinger(request.bytes);
    case "compare":
      return matchTemplates(request.a, request.b).score;
    case "enrol":
      gallery.enrol(request.caseId, request.prints);
      return gallery.people;
    case "forget":
      gallery.forget(request.caseId);
      return gallery.people;
    case "search":
      return search(request);
  }
}

/** A template of any maker as it is; a picture is assessed and its template made. */
async function readFinger(bytes: Uint8Array): Promise<ReadFinger> {
  const recorded = recordedTemplate(bytes);
  if (recorded) return { template: recorded, assessment: null };
  const print = await fingerImageOf(bytes);
  return { template: extractTemplate(print), assessment: assessFinger(print) };
}

async function search(request: FingerRequest & { kind: "search" }): Promise<GalleryHit> {
  const steps = gallery.search(request.prints, request.except);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value as GalleryHit;
    await breath();
  }
}

parentPort?.on("message", async (request: FingerRequest) => {
  let reply: FingerReply;
  try {
    reply = { id: request.id, value: await answer(request) };
  } catch (error) {
    const { code, details } = isCoded(error) ? error : { code: "review/finger-engine-failed", details: {} };
    reply = { id: request.id, failure: { code, details } };
  }
  parentPort?.postMessage(reply);
});
