/** The tus core protocol, as any client of it may speak it: if this fails, a booth's upload ends in another place than it was told. */
import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { DefaultHttpStack, Upload } from "tus-js-client";
import { tlsAuthorities } from "../../crypto/authority/trust.ts";
import { INTAKE_PATHS, IntakeRefusal } from "../../crypto/delivery/answers.ts";
import { type Offer, writeOffer } from "../../crypto/delivery/offer.ts";
import type { RunningServer } from "../../server/main.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";
import { ask, type IntakeAnswer, offerOf, patch, sendOffer } from "./intake-requests.ts";

let installation: TestInstallation;
let server: RunningServer;
let content: Buffer;
let offer: Offer;
let sha256: string;
let path: string;

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start();
  const sealed = await installation.seal(700_000);
  content = await readFile(sealed.path);
  offer = await offerOf(content);
  sha256 = sealed.sha256;
  path = `${INTAKE_PATHS.uploads}/${sha256}`;
  await sendOffer(installation, server.intakePort, writeOffer(offer));
});

afterEach(async () => {
  await server.close();
  await installation.remove();
});

const TUS = { "tus-resumable": "1.0.0" };
const head = () => ask(installation, server.intakePort, { method: "HEAD", path, headers: TUS });
const codeOf = (answer: IntakeAnswer) => IntakeRefusal.parse(JSON.parse(answer.body.toString())).error;

describe("the tus core protocol", () => {
  test("HEAD tells offset and length, and is not to be cached", async () => {
    const answer = await head();
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "tus-resumable": "1.0.0",
      "upload-offset": String(offer.head.length),
      "upload-length": String(content.length),
      "cache-control": "no-store",
    });
  });

  test.each([
    ["of another version", { "tus-resumable": "0.2.2" }, 412],
    ["of no version", { "tus-resumable": "" }, 412],
    ["with a body of another type", { "content-type": "application/octet-stream" }, 415],
    ["without an offset", { "upload-offset": "" }, 400],
    ["with a negative offset", { "upload-offset": "-1" }, 400],
    ["with an offset that is no number", { "upload-offset": "1e3" }, 400],
    ["from behind what is durable", { "upload-offset": "0" }, 409],
    ["from beyond what is durable", { "upload-offset": "600000" }, 409],
  ])("PATCH %s changes nothing", async (_what, headers, status) => {
    const from = offer.head.length;
    const answer = await patch(installation, server.intakePort, sha256, from, content.subarray(from), headers);
    expect([answer.status, codeOf(answer)]).toEqual([
      status,
      { code: "intake/protocol", details: { status }, permanent: false },
    ]);
    if (status === 412) expect(answer.headers["tus-version"]).toBe("1.0.0");
    expect((await head()).headers["upload-offset"]).toBe(String(from));
  });

  test("PATCH that comes in chunks of unknown length and brings too much is stopped at the length", async () => {
    const from = offer.head.length;
    const more = Buffer.concat([content.subarray(from), Buffer.alloc(100_000)]);
    const answer = await ask(installation, server.intakePort, {
      method: "PATCH",
      path,
      body: more,
      headers: {
        ...TUS,
        "transfer-encoding": "chunked",
        "upload-offset": from,
        "content-type": "application/offset+octet-stream",
      },
    }).catch((error: Error) => error);
    // Who is still sending may see the connection end before the answer.
    if ("status" in answer) expect(answer.status).toBe(413);
    expect(server.store.packages.receipt(sha256)).toBeUndefined();
    const at = Number((await head()).headers["upload-offset"]);
    expect((await patch(installation, server.intakePort, sha256, at, content.subarray(at))).status).toBe(204);
    expect(server.store.packages.receipt(sha256)).toBeDefined();
  });

  test("PATCH of nothing changes nothing", async () => {
    const answer = await patch(installation, server.intakePort, sha256, offer.head.length, Buffer.alloc(0));
    expect([answer.status, answer.headers["upload-offset"]]).toEqual([204, String(offer.head.length)]);
  });

  test("POST that says it is a PATCH is one", async () => {
    const from = offer.head.length;
    const answer = await ask(installation, server.intakePort, {
      method: "POST",
      path,
      body: content.subarray(from),
      headers: {
        ...TUS,
        "x-http-method-override": "PATCH",
        "upload-offset": from,
        "content-type": "application/offset+octet-stream",
      },
    });
    expect(answer.status).toBe(204);
    expect(server.store.packages.receipt(sha256)).toBeDefined();
  });

  test.each([1_000, 65_536, 100_001, Number.POSITIVE_INFINITY])(
    "tus-js-client gets a package across in requests of %d bytes, byte for byte",
    async (chunkSize) => {
      const agent = new Agent({
        keepAlive: true,
        ca: tlsAuthorities(installation.trust, "servers"),
        ...installation.booth.tls(),
      });
      try {
        // Small requests only to the first part: each is a sync of the disk.
        const small = chunkSize < 10_000;
        if (small) {
          const from = offer.head.length;
          await patch(installation, server.intakePort, sha256, from, content.subarray(from, content.length - 20_000));
        }
        await new Promise<void>((resolve, reject) => {
          new Upload(content, {
            uploadUrl: `https://localhost:${server.intakePort}${path}`,
            uploadSize: content.length,
            chunkSize,
            retryDelays: null,
            httpStack: new DefaultHttpStack({ agent }),
            onSuccess: () => resolve(),
            onError: reject,
          }).start();
        });
      } finally {
        agent.destroy();
      }
      const stored = await readFile(join(installation.serverFolder, "uploads", `${sha256}.kab`));
      expect(stored.equals(content)).toBe(true);
      expect(server.store.packages.receipt(sha256)).toBeDefined();
    },
  );
});
