/**
 * The server's side of tus 1.0 (https://tus.io/protocols/resumable-upload): creation with upload, where the body begins with the offer by
 * which the upload is judged; HEAD tells the durable offset, PATCH continues from it. What is done with a complete one is the intake's.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  IMPLIED_CODING,
  INTAKE_PATHS,
  OFFERED_CODING,
  RECEIPT_CODING,
  WITH_RECEIPT,
} from "../../crypto/delivery/answers.ts";
import { readOffer } from "../../crypto/delivery/offer.ts";
import { packReceipt } from "../../crypto/delivery/packed-receipt.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { accepts, answer } from "./answer.ts";
import type { BodyStore } from "./body-store.ts";
import type { ConnectedBooth } from "./booth-identity.ts";
import type { Intake } from "./intake.ts";
import { readOfferAhead } from "./request-body.ts";
import type { UploadFile } from "./upload-file.ts";
import type { WriterLocks } from "./writer-lock.ts";

const VERSION = "1.0.0";
const BODY_TYPE = "application/offset+octet-stream";

export interface TusTools {
  readonly intake: Pick<Intake, "offer" | "receivedBytes" | "assertOwn" | "receipt" | "complete">;
  readonly bodies: BodyStore;
  readonly locks: WriterLocks;
  /** DER of the certificate above the one that receipts are signed with. */
  readonly receiptAuthority: () => Uint8Array;
}

/** The method that is meant: where a proxy lets no PATCH through, a header says it. */
export function tusMethod({ method, headers }: IncomingMessage): string | undefined {
  const meant = headers["x-http-method-override"];
  return typeof meant === "string" && method === "POST" ? meant : method;
}

/**
 * Answers POST: judges the offer at the body's beginning, says so by 100 (Continue), takes in what follows it, and answers with the
 * receipt when that was all. An upload that has got further before is answered at once, for HEAD and PATCH to go on.
 * @throws KabinaError what `Intake.offer` and `answerTus` throw
 */
export async function answerCreation(
  request: IncomingMessage,
  response: ServerResponse,
  { booth, certificates }: ConnectedBooth,
  tools: TusTools,
): Promise<void> {
  const { intake, bodies, locks } = tools;
  const { headers } = request;
  expectVersion(request, response);
  if (headers["content-type"] !== BODY_TYPE || headers["content-encoding"] !== OFFERED_CODING) throw protocol(415);
  const offer = readOffer(await readOfferAhead(request, certificates));
  if (headers["upload-length"] !== String(offer.packageBytes)) throw protocol(400);
  const sha256 = offer.sha256.toString("hex");
  const location = `${INTAKE_PATHS.uploads}/${sha256}`;
  const { state } = await intake.offer(booth, offer);
  if (state === "received") {
    const receipt = await intake.receipt(booth, sha256);
    return answerReceipt(request, response, 200, receipt, { location, ...told(offer.packageBytes) }, tools);
  }
  const lock = await locks.acquire(sha256, () => request.destroy());
  try {
    const upload = await bodies.open(sha256);
    const begins = upload.offset === offer.head.length;
    if (begins) {
      response.writeContinue();
      await receive(request, bodies, upload, true);
    }
    if (upload.whole) {
      const receipt = await intake.complete(sha256);
      return answerReceipt(request, response, 201, receipt, { location, ...told(upload.offset) }, tools);
    }
    // A request whose body is not wanted cannot be followed by another.
    const close = request.complete ? {} : { connection: "close" };
    response.writeHead(begins ? 201 : 200, { location, ...told(upload.offset), ...close, "content-length": 0 }).end();
  } finally {
    lock.release();
  }
}

/** Answers HEAD or PATCH of an upload that is the booth's own. @throws KabinaError `intake/protocol`, `intake/block-mismatch` … */
export async function answerTus(
  request: IncomingMessage,
  response: ServerResponse,
  method: "HEAD" | "PATCH",
  booth: string,
  sha256: string,
  tools: TusTools,
): Promise<void> {
  const { intake, bodies, locks } = tools;
  expectVersion(request, response);
  const received = method === "HEAD" ? intake.receivedBytes(booth, sha256) : undefined;
  if (received !== undefined) return answerHead(response, received, received);
  intake.assertOwn(booth, sha256);
  // Who is stopped has lost its connection, or is about to.
  const lock = await locks.acquire(sha256, () => request.destroy());
  try {
    const upload = await bodies.open(sha256);
    if (method === "HEAD") return answerHead(response, upload.offset, upload.record.packageBytes);
    expectBody(request, upload);
    await receive(request, bodies, upload, request.headers["content-encoding"] !== undefined);
    const receipt = upload.whole ? await intake.complete(sha256) : undefined;
    if (receipt && request.headers.prefer === WITH_RECEIPT) {
      return answerReceipt(request, response, 200, receipt, told(upload.offset), tools);
    }
    response.writeHead(204, told(upload.offset)).end();
  } finally {
    lock.release();
  }
}

/** Packed for whom knows that. */
function answerReceipt(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  receipt: Buffer,
  headers: Readonly<Record<string, string | number>>,
  { receiptAuthority }: TusTools,
): void {
  const packs = accepts(request, RECEIPT_CODING);
  const body = packs ? packReceipt(receipt, receiptAuthority()) : receipt;
  answer(request, response, status, body, { ...headers, ...(packs ? { "content-encoding": RECEIPT_CODING } : {}) });
}

const told = (offset: number) => ({ "tus-resumable": VERSION, "upload-offset": offset });

function answerHead(response: ServerResponse, offset: number, length: number): void {
  const headers = { ...told(offset), "upload-length": length, "cache-control": "no-store" };
  // Without a length a client must take the end of the connection for the end of the answer, and connect anew for the body.
  response.writeHead(200, { ...headers, "content-length": 0 }).end();
}

function expectVersion({ headers }: IncomingMessage, response: ServerResponse): void {
  if (headers["tus-resumable"] === VERSION) return;
  response.setHeader("tus-version", VERSION);
  throw protocol(412);
}

/** What a PATCH says of its body before it comes. */
function expectBody({ headers }: IncomingMessage, upload: UploadFile): void {
  if (headers["content-type"] !== BODY_TYPE) throw protocol(415);
  const offset = headers["upload-offset"];
  if (typeof offset !== "string" || !/^\d{1,15}$/.test(offset)) throw protocol(400);
  if (Number(offset) !== upload.offset) throw protocol(409);
  const coding = headers["content-encoding"];
  if (coding !== undefined && coding !== IMPLIED_CODING) throw protocol(415);
  if (Number(headers["content-length"] ?? 0) > upload.record.packageBytes - upload.offset) throw protocol(413);
}

async function receive(
  request: IncomingMessage,
  bodies: BodyStore,
  upload: UploadFile,
  implied: boolean,
): Promise<void> {
  try {
    await upload.take(request, upload.record.packageBytes - upload.offset, implied);
  } catch (error) {
    // What the state says may no longer be what the file holds.
    bodies.forget(upload.record.sha256);
    throw error;
  }
}

const protocol = (status: number): KabinaError => new KabinaError("intake/protocol", { status });
