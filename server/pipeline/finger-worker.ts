/** The finger engine in a thread of its own: a print takes a good part of a second, and the intake must not wait for it. */
import { parentPort } from "node:worker_threads";
import { assessFinger, extractTemplate, matchTemplates, type Template } from "../../biometrics/finger/finger.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { FingerAnswer, FingerReply, FingerRequest } from "./finger-engine.ts";

/** Templates seen lately, by name: what the matcher prepares of one is kept with the value. */
const gallery = new Map<string, Template>();
const LARGEST_GALLERY = 5000;

function keep(name: string, template: Template): Template {
  const known = gallery.get(name);
  if (known) return known;
  const oldest = gallery.size >= LARGEST_GALLERY ? gallery.keys().next().value : undefined;
  if (oldest !== undefined) gallery.delete(oldest);
  gallery.set(name, template);
  return template;
}

function answer(request: FingerRequest): FingerAnswer {
  if (request.kind === "examine") {
    return { assessment: assessFinger(request.print), template: extractTemplate(request.print) };
  }
  const { a, b } = request;
  return matchTemplates(keep(a.name, a.template), keep(b.name, b.template)).score;
}

parentPort?.on("message", (request: FingerRequest) => {
  let reply: FingerReply;
  try {
    reply = { id: request.id, value: answer(request) };
  } catch (error) {
    const { code, details } = isCoded(error) ? error : { code: "review/finger-engine-failed", details: {} };
    reply = { id: request.id, failure: { code, details } };
  }
  parentPort?.postMessage(reply);
});
