/** What goes back to a booth: JSON or bytes, in as few bytes as it takes. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { deflateSync } from "node:zlib";

/** Bytes from which on deflating an answer is worth its header. */
const WORTH_DEFLATING = 300;

/** Whether a request takes an answer in a content coding. */
export const accepts = ({ headers }: IncomingMessage, coding: string): boolean =>
  headers["accept-encoding"]?.split(/, */).includes(coding) ?? false;

/** Answers with bytes, or a value as JSON; deflated for whom accepts that. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  const isBytes = Buffer.isBuffer(body);
  const plain = isBytes ? body : Buffer.from(JSON.stringify(body));
  const deflates = !("content-encoding" in headers) && plain.length >= WORTH_DEFLATING && accepts(request, "deflate");
  const bytes = deflates ? deflateSync(plain) : plain;
  response.writeHead(status, {
    "content-type": isBytes ? "application/octet-stream" : "application/json",
    ...headers,
    ...(deflates ? { "content-encoding": "deflate" } : {}),
    "content-length": bytes.length,
    "cache-control": "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
