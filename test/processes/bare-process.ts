/**
 * What Node and the disk take for an intake's work when nothing is judged, signed or recorded: mutual TLS, the same requests, each
 * body hashed twice, written and synced. For benchmarks: `bare-process.js FOLDER`.
 */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { leafOnly } from "../../crypto/authority/trust.ts";
import { readPlainIdentity } from "./plain-identity.ts";

const folder = process.argv[2] ?? "";
const bodies = join(folder, "bare");
mkdirSync(bodies);
const RECEIPT = JSON.stringify({ signature: "x".repeat(2_300) });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  await new Promise<void>((end) => request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", end));
  const body = Buffer.concat(chunks);
  response.sendDate = false;
  if (request.method === "POST") {
    const text = JSON.stringify({ state: "uploading", offset: 1 });
    response.writeHead(200, { "content-length": text.length }).end(text);
  } else if (request.method === "PATCH") {
    for (let pass = 0; pass < 2; pass++) createHash("sha256").update(body).digest();
    const file = await open(join(bodies, (request.url ?? "").slice(-64)), "w");
    await file.write(body);
    await file.datasync();
    await file.close();
    response.writeHead(204, { "upload-offset": body.length }).end();
  } else response.writeHead(200, { "content-length": RECEIPT.length }).end(RECEIPT);
}

const credentials = leafOnly(readPlainIdentity(join(folder, "identity.json")).key("server-tls").tls());
const server = createServer(
  { ...credentials, ca: [], minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: false },
  (request, response) => void answer(request, response),
);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
