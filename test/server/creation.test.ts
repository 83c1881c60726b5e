/** Creation with upload: if this fails, a package needs three round trips where one does, or a body is sent that nobody wants. */
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { tlsAuthorities } from "../../crypto/authority/trust.ts";
import {
  INTAKE_PATHS,
  IntakeRefusal,
  OFFERED_CODING,
  RECEIPT_CODING,
  WITH_RECEIPT,
} from "../../crypto/delivery/answers.ts";
import { readHead } from "../../crypto/delivery/head.ts";
import { type Offer, prefixedOffer } from "../../crypto/delivery/offer.ts";
import { unpackReceipt } from "../../crypto/delivery/packed-receipt.ts";
import { placedStretches } from "../../crypto/package/body-scan.ts";
import { decodeManifest } from "../../crypto/package/manifest.ts";
import { verifyReceipt } from "../../crypto/receipt/receipt.ts";
import { decodeSigned } from "../../crypto/receipt/signed-document.ts";
import { systemClock } from "../../crypto/system-environment.ts";
import type { RunningServer } from "../../server/main.ts";
import { makeInstallation, type SealedFile, type TestInstallation } from "./installation.ts";
import { ask, offerOf, patch } from "./intake-requests.ts";

let installation: TestInstallation;
let server: RunningServer;
let sealed: SealedFile;
let content: Buffer;
let offer: Offer;
/** What follows the offer in a request that brings all. */
let body: Buffer;

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start();
  await prepare();
});

afterEach(async () => {
  await server.close();
  await installation.remove();
});

async function prepare(): Promise<void> {
  sealed = await installation.seal(150_000);
  content = await readFile(sealed.path);
  offer = await offerOf(content);
  const manifest = decodeManifest(readHead(content)?.manifest ?? Buffer.alloc(0));
  const sent = placedStretches(manifest, offer.head.length).filter(({ known }) => !known);
  body = Buffer.concat(sent.map(({ start, end }) => content.subarray(start, end)));
}

interface Created {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** Whether the server has said to go on. */
  readonly continued: boolean;
}

interface Creation {
  readonly ahead?: Buffer;
  readonly body?: Buffer;
  /** Of the body, so much is sent; then the connection is cut. */
  readonly cutAfter?: number;
  readonly headers?: Record<string, string | number>;
  readonly expects?: boolean;
  readonly pieces?: readonly (readonly [number, number])[];
}

/** One request as a booth sends it: what follows the offer waits for the server's word. */
async function create(creation: Creation = {}): Promise<Created | undefined> {
  const ahead = creation.ahead ?? prefixedOffer(offer);
  const rest = creation.body ?? body;
  const asking = request({
    host: "127.0.0.1",
    servername: "localhost",
    port: server.intakePort,
    method: "POST",
    path: INTAKE_PATHS.uploads,
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": content.length,
      "content-type": "application/offset+octet-stream",
      "content-encoding": OFFERED_CODING,
      "content-length": ahead.length + rest.length,
      ...(creation.expects ? { expect: "100-continue" } : {}),
      ...creation.headers,
    },
    ca: tlsAuthorities(installation.trust, "servers"),
    agent: false,
    ...installation.booth.tls(),
  });
  let continued = false;
  asking.once("continue", () => {
    continued = true;
    if (creation.cutAfter === undefined) return asking.end(rest);
    asking.write(rest.subarray(0, creation.cutAfter), () => setTimeout(() => asking.destroy(), 300));
  });
  asking.on("error", () => undefined);
  const answered = new Promise<IncomingMessage | undefined>((resolve) => {
    asking.once("response", resolve).once("close", () => resolve(undefined));
  });
  // As the link may bring it: in pieces.
  for (const [from, to] of creation.pieces ?? [[0, ahead.length]]) {
    asking.write(ahead.subarray(from, to));
    await sleep(20);
  }
  const response = await answered;
  if (!response) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  asking.destroy();
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), continued };
}

const path = () => `${INTAKE_PATHS.uploads}/${sealed.sha256}`;
const head = () =>
  ask(installation, server.intakePort, { method: "HEAD", path: path(), headers: { "tus-resumable": "1.0.0" } });
const stored = () => server.store.database.prepare("SELECT count(*) FROM package").pluck().get();
const files = () => readdir(join(installation.serverFolder, "uploads"));

/** The receipt is the server's, for exactly these bytes. */
function expectReceipt(bytes: Buffer): void {
  const { packageId, sha256, size } = sealed;
  const sent = { packageId, sha256, size, boothId: "booth-1" };
  const receipt = verifyReceipt(decodeSigned(bytes.toString()), sent, { anchors: [installation.trust.root] });
  expect(receipt.outcome).toBe("stored");
}

describe("a package in one request", () => {
  test.each([true, false])("is created, stored and receipted (expect: %s)", async (expects) => {
    const answer = await create({ expects });
    expect([answer?.status, answer?.continued]).toEqual([201, true]);
    expect(answer?.headers).toMatchObject({
      "tus-resumable": "1.0.0",
      location: path(),
      "upload-offset": String(content.length),
    });
    expectReceipt(answer!.body);
    const [name] = await files();
    expect((await readFile(join(installation.serverFolder, "uploads", name!))).equals(content)).toBe(true);
  });

  test("may come in pieces of any size, or all at once without waiting", async () => {
    const pieces = [[0, 1] as const, [1, 3] as const, [3, 700] as const, [700, 100_000] as const];
    expect((await create({ pieces }))?.status).toBe(201);
    await prepare();
    const whole = Buffer.concat([prefixedOffer(offer), body]);
    const answer = await create({ ahead: whole, body: Buffer.alloc(0) });
    expect(answer?.status).toBe(201);
    expectReceipt(answer!.body);
    const stored = await readFile(join(installation.serverFolder, "uploads", `${sealed.sha256}.kab`));
    expect(stored.equals(content)).toBe(true);
  });

  test("brings its receipt deflated to whom accepts that", async () => {
    const answer = await create({ headers: { "accept-encoding": "deflate" } });
    expect(answer?.headers["content-encoding"]).toBe("deflate");
    expectReceipt(inflateSync(answer!.body));
  });

  test("leaves out certificates that both sides have, of its offer and of the receipt, and gives the same bytes", async () => {
    const { booth, identity, trust } = installation;
    const ahead = prefixedOffer(offer, [booth.chain[0]!.der, trust.booths.der]);
    expect(ahead.length).toBeLessThan(prefixedOffer(offer).length - 400);
    const answer = await create({ ahead, headers: { "accept-encoding": `deflate, ${RECEIPT_CODING}` } });
    expect(answer?.headers["content-encoding"]).toBe(RECEIPT_CODING);
    const again = await create({ headers: { "accept-encoding": "deflate" } });
    expect(answer!.body.length).toBeLessThan(again!.body.length / 2);
    const receipt = unpackReceipt(answer!.body, [trust.root.der, identity.keys.receipt.chain[1]!.der]);
    expectReceipt(receipt);
    expect(receipt.equals(inflateSync(again!.body))).toBe(true);
  });

  test("that leaves out certificates which the server does not have of it is told that the offer cannot be read", async () => {
    const { otherBooth, trust } = installation;
    const answer = await create({ ahead: prefixedOffer(offer, [otherBooth.chain[0]!.der, trust.booths.der]) });
    expect(JSON.parse(answer!.body.toString())).toMatchObject({
      error: { code: "delivery/offer-malformed", details: { reason: "deflate" } },
    });
    expect(answer?.continued).toBe(false);
    expect((await create())?.status).toBe(201);
  });

  test("sent again is one record with the same receipt, and its body is not asked for", async () => {
    const first = await create();
    const again = await create();
    expect([again?.status, again?.continued]).toEqual([200, false]);
    expect(again?.body.equals(first!.body)).toBe(true);
    expect(stored()).toBe(1);
  });

  test("whose last answer was lost is seen to be whole by HEAD, and its receipt is there", async () => {
    await create();
    const told = await head();
    expect([told.status, told.headers["upload-offset"]]).toEqual([200, String(content.length)]);
    expect(told.headers["upload-length"]).toBe(String(content.length));
    const receipt = await ask(installation, server.intakePort, {
      method: "GET",
      path: `${INTAKE_PATHS.receipts}/${sealed.sha256}`,
    });
    expectReceipt(receipt.body);
    const credentials = installation.otherBooth.tls();
    const headers = { "tus-resumable": "1.0.0" };
    const others = await ask(installation, server.intakePort, { method: "HEAD", path: path(), headers, credentials });
    expect(others.status).toBe(404);
  });
});

describe("a package whose request was cut", () => {
  test("goes on by PATCH from what is durable, and the last answer brings the receipt to whom prefers it", async () => {
    expect(await create({ cutAfter: 70_000 })).toBeUndefined();
    const offset = Number((await head()).headers["upload-offset"]);
    expect(offset).toBeGreaterThan(offer.head.length);
    expect(offset).toBeLessThan(content.length);
    const answer = await patch(installation, server.intakePort, sealed.sha256, offset, content.subarray(offset), {
      prefer: WITH_RECEIPT,
    });
    expect([answer.status, answer.headers["upload-offset"]]).toEqual([200, String(content.length)]);
    expectReceipt(answer.body);
  });

  test("offered anew is told how far it had come, and no body is taken twice", async () => {
    await create({ cutAfter: 70_000 });
    const durable = (await head()).headers["upload-offset"];
    const again = await create();
    expect([again?.status, again?.continued, again?.headers["upload-offset"]]).toEqual([200, false, durable]);
    expect(again?.headers.location).toBe(path());
    expect(again?.headers.connection).toBe("close");
  });
});

describe("a package that is refused", () => {
  const codeOf = (answer: Created | undefined) => IntakeRefusal.parse(JSON.parse(answer!.body.toString())).error.code;

  test.each([
    ["of another tus", { "tus-resumable": "0.2.2" }, 412, "intake/protocol"],
    ["of another type", { "content-type": "application/octet-stream" }, 415, "intake/protocol"],
    ["without an offer", { "content-encoding": "x-kabina-implied" }, 415, "intake/protocol"],
    ["of a length that is not the offer's", { "upload-length": 1 }, 400, "intake/protocol"],
  ])("%s is so before its body", async (_what, headers, status, code) => {
    const answer = await create({ headers });
    expect([answer?.status, answer?.continued, codeOf(answer)]).toEqual([status, false, code]);
    expect(await files()).toEqual([]);
  });

  test("by its manifest is so before its body", async () => {
    await server.close();
    const now = () => new Date(Date.now() + 40 * 86_400_000);
    server = await installation.start({ clock: { ...systemClock, now } });
    const answer = await create();
    expect([answer?.continued, codeOf(answer)]).toEqual([false, "package/expired"]);
    expect(await files()).toEqual([]);
  });

  test("with an offer that is too long, cut or no deflate is told so", async () => {
    const long = prefixedOffer(offer);
    long.writeUInt32BE(0x7fff_ffff, 0);
    expect(codeOf(await create({ ahead: long }))).toBe("intake/offer-too-large");
    const noise = Buffer.concat([Buffer.from([0, 0, 0, 100]), Buffer.alloc(100, 7)]);
    expect(codeOf(await create({ ahead: noise }))).toBe("delivery/offer-malformed");
    const short = prefixedOffer(offer);
    const headers = { "content-length": short.length - 10 };
    const answer = await create({ ahead: short.subarray(0, short.length - 10), body: Buffer.alloc(0), headers });
    expect(codeOf(answer)).toBe("delivery/offer-malformed");
  });

  test("for a block that differs keeps what came before it", async () => {
    const changed = Buffer.from(body);
    changed[changed.length - 10]! ^= 1;
    const answer = await create({ body: changed });
    expect([answer?.status, codeOf(answer)]).toEqual([460, "intake/block-mismatch"]);
    expect(Number((await head()).headers["upload-offset"]) % offer.blockBytes).toBe(0);
    expect(stored()).toBe(0);
  });
});
