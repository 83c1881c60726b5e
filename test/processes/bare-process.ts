/**
 * What Node and the disk take for an intake's work when nothing is judged, signed or recorded: mutual TLS, the same request, its
 * body hashed twice, written and synced. For benchmarks: `bare-process.js FOLDER`.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
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
/** As long as a receipt that is packed. */
const RECEIPT = Buffer.alloc(620, "x");
let count = 0;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.sendDate = false;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => {
    // The offer, more or less: what comes after it waits for this.
    if (chunks.length === 0) response.writeContinue();
    chunks.push(chunk);
  });
  await once(request, "end");
  const body = Buffer.concat(chunks);
  for (let pass = 0; pass < 2; pass++) createHash("sha256").update(body).digest();
  const file = await open(join(bodies, String(++count)), "w");
  await file.write(body);
  await file.datasync();
  await file.close();
  response.writeHead(201, { "upload-offset": body.length, "content-length": RECEIPT.length }).end(RECEIPT);
}

const credentials = leafOnly(readPlainIdentity(join(folder, "identity.json")).key("server-tls").tls());
const server = createServer(
  {
    ...credentials,
    ca: [],
    minVersion: "TLSv1.3",
    requestCert: true,
    rejectUnauthorized: false,
    keepAliveTimeout: 120_000,
  },
  (request, response) => void answer(request, response),
);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
