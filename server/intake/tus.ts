/**
 * The server's side of the tus 1.0 core protocol (https://tus.io/protocols/resumable-upload): HEAD tells the durable offset, PATCH
 * continues from it. What an upload is, is agreed on by an offer, so there is no creation; what is done with a complete one is
 * the intake's.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { IMPLIED_CODING } from "../../crypto/delivery/answers.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { BodyStore } from "./body-store.ts";
import type { UploadFile } from "./upload-file.ts";
import type { WriterLocks } from "./writer-lock.ts";

const VERSION = "1.0.0";
const BODY_TYPE = "application/offset+octet-stream";

export interface TusTools {
  readonly bodies: BodyStore;
  readonly locks: WriterLocks;
  /** Called when the last byte of an upload is durable, before the answer. */
  readonly onWhole: (sha256: string) => Promise<unknown>;
}

/** The method that is meant: where a proxy lets no PATCH through, a header says it. */
export function tusMethod({ method, headers }: IncomingMessage): string | undefined {
  const meant = headers["x-http-method-override"];
  return typeof meant === "string" && method === "POST" ? meant : method;
}

/** Answers HEAD or PATCH of an upload that is the booth's own. @throws KabinaError `intake/protocol`, `intake/block-mismatch` … */
export async function answerTus(
  request: IncomingMessage,
  response: ServerResponse,
  method: "HEAD" | "PATCH",
  sha256: string,
  { bodies, locks, onWhole }: TusTools,
): Promise<void> {
  if (request.headers["tus-resumable"] !== VERSION) {
    response.setHeader("tus-version", VERSION);
    throw protocol(412);
  }
  // Who is stopped has lost its connection, or is about to.
  const lock = await locks.acquire(sha256, () => request.destroy());
  try {
    const upload = await bodies.open(sha256);
    const headers: Record<string, string | number> = { "tus-resumable": VERSION };
    if (method === "PATCH") {
      await receive(request, bodies, upload);
      if (upload.whole) await onWhole(sha256);
      headers["upload-offset"] = upload.offset;
      response.writeHead(204, headers).end();
      return;
    }
    headers["upload-offset"] = upload.offset;
    headers["upload-length"] = upload.record.packageBytes;
    headers["cache-control"] = "no-store";
    // Without a length a client must take the end of the connection for the end of the answer, and connect anew for the body.
    headers["content-length"] = 0;
    response.writeHead(200, headers).end();
  } finally {
    lock.release();
  }
}

async function receive(request: IncomingMessage, bodies: BodyStore, upload: UploadFile): Promise<void> {
  const { headers } = request;
  if (headers["content-type"] !== BODY_TYPE) throw protocol(415);
  const offset = headers["upload-offset"];
  if (typeof offset !== "string" || !/^\d{1,15}$/.test(offset)) throw protocol(400);
  if (Number(offset) !== upload.offset) throw protocol(409);
  const coding = headers["content-encoding"];
  if (coding !== undefined && coding !== IMPLIED_CODING) throw protocol(415);
  const room = upload.record.packageBytes - upload.offset;
  if (Number(headers["content-length"] ?? 0) > room) throw protocol(413);
  try {
    await upload.take(request, room, coding !== undefined);
  } catch (error) {
    // What the state says may no longer be what the file holds.
    bodies.forget(upload.record.sha256);
    throw error;
  }
}

const protocol = (status: number): KabinaError => new KabinaError("intake/protocol", { status });
