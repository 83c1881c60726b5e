/** A body without what its manifest fixes: if this fails, a booth's thin link carries padding, or the store holds other bytes than were sealed. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { IMPLIED_CODING, INTAKE_PATHS, IntakeRefusal } from "../../crypto/delivery/answers.ts";
import { readHead } from "../../crypto/delivery/head.ts";
import { deflateOffer } from "../../crypto/delivery/offer.ts";
import { OFFER_DICTIONARY } from "../../crypto/delivery/offer-dictionary.ts";
import { placedStretches } from "../../crypto/package/body-scan.ts";
import { decodeManifest } from "../../crypto/package/manifest.ts";
import { systemRandom } from "../../crypto/system-environment.ts";
import type { RunningServer } from "../../server/main.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";
import { ask, offerOf, patch } from "./intake-requests.ts";

/** Bytes of parts: around a block of the archive, and of the body. */
const PARTS = [1, 511, 512, 513, 70_000, 140_000];
const coded = { "content-encoding": IMPLIED_CODING };

let installation: TestInstallation;
let server: RunningServer;
let content: Buffer;
let sha256: string;
let sent: { start: number; end: number }[];

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start();
  const { recipients } = installation.trust;
  const parts = PARTS.map((bytes, index) => {
    return { name: `part-${index}`, mediaType: "image/jpeg", content: systemRandom(bytes), recipients };
  });
  const sealed = await installation.seal(0, { parts });
  content = await readFile(sealed.path);
  sha256 = sealed.sha256;
  const offer = await offerOf(content);
  const manifest = decodeManifest(readHead(content)?.manifest ?? Buffer.alloc(0));
  sent = placedStretches(manifest, offer.head.length).filter(({ known }) => !known);
  const answer = await ask(installation, server.intakePort, {
    method: "POST",
    path: INTAKE_PATHS.offers,
    headers: { "content-encoding": "deflate" },
    body: deflateOffer(offer),
  });
  expect(answer.status).toBe(200);
});

afterEach(async () => {
  await server.close();
  await installation.remove();
});

/** What is left to send from an offset on. */
const from = (offset: number) =>
  Buffer.concat(sent.map(({ start, end }) => content.subarray(Math.max(start, offset), Math.max(end, offset))));

async function durable(): Promise<number> {
  const path = `${INTAKE_PATHS.uploads}/${sha256}`;
  const answer = await ask(installation, server.intakePort, {
    method: "HEAD",
    path,
    headers: { "tus-resumable": "1.0.0" },
  });
  return Number(answer.headers["upload-offset"]);
}

const send = async (offset: number, body: Buffer, headers: Record<string, string> = coded) =>
  patch(installation, server.intakePort, sha256, offset, body, headers);

const stored = () => readFile(join(installation.serverFolder, "uploads", `${sha256}.kab`));

test("pieces of any size, through restarts and with pieces that leave nothing out, become the package byte for byte", async () => {
  for (let step = 0, offset = await durable(); offset < content.length; step++) {
    if (step % 5 === 4) {
      await server.close();
      server = await installation.start();
    }
    // Lengths that end before, at and behind the parts' ends; the last one is all that is left.
    const bytes = step < 12 ? [1, 37, 600, 511, 2_048, 30_000][step % 6] : content.length;
    const whole = step % 4 === 3;
    const body = (whole ? content.subarray(offset) : from(offset)).subarray(0, bytes);
    const answer = await send(offset, body, whole ? {} : coded);
    expect([step, answer.body.toString(), answer.status]).toEqual([step, "", 204]);
    offset = Number(answer.headers["upload-offset"]);
    if (offset < content.length) expect(await durable()).toBe(offset);
  }
  expect((await stored()).equals(content)).toBe(true);
  expect(server.store.packages.receipt(sha256)).toBeDefined();
});

test("one request with all parts is a whole package, with a receipt", async () => {
  const offset = await durable();
  const answer = await send(offset, from(offset));
  expect([answer.status, answer.headers["upload-offset"]]).toEqual([204, String(content.length)]);
  expect((await stored()).equals(content)).toBe(true);
  expect(server.store.packages.receipt(sha256)).toBeDefined();
});

test("one byte too many is refused, one changed goes back to its block, and the right ones then arrive", async () => {
  const offset = await durable();
  const many = await send(offset, Buffer.concat([from(offset), Buffer.alloc(1)]));
  expect([many.status, IntakeRefusal.parse(JSON.parse(many.body.toString())).error.code]).toEqual([
    413,
    "intake/protocol",
  ]);
  const changed = from(await durable());
  changed[changed.length - 100]! ^= 1;
  expect((await send(await durable(), changed)).status).toBe(460);
  expect(server.store.packages.receipt(sha256)).toBeUndefined();
  const again = await durable();
  expect((await send(again, from(again))).status).toBe(204);
  expect((await stored()).equals(content)).toBe(true);
});

test("another coding of the body is not guessed at", async () => {
  const offset = await durable();
  expect((await send(offset, from(offset), { "content-encoding": "gzip" })).status).toBe(415);
  expect(await durable()).toBe(offset);
});

test("the dictionary of offers is what docs/formats/upload.md says", () => {
  const found = createHash("sha256").update(OFFER_DICTIONARY).digest("hex");
  expect([OFFER_DICTIONARY.length, found]).toEqual([
    3441,
    "737207fff9afca6550aea6369af6457a127d1ad8cc1fc6d306260ed5f8c2b057",
  ]);
});
