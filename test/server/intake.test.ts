/** The intake's door: if this fails, somebody else's bytes get in, or a booth's own are lost, doubled or blocked. */

import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { INTAKE_PATHS, IntakeRefusal } from "../../crypto/delivery/answers.ts";
import { type Offer, readOffer, writeOffer } from "../../crypto/delivery/offer.ts";
import { catalogue } from "../../crypto/errors/catalogue.ts";
import { systemClock } from "../../crypto/system-environment.ts";
import type { RunningServer } from "../../server/main.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";
import { ask, type IntakeAnswer, offerOf, patch, sendOffer, sendPackage } from "./intake-requests.ts";

const DAY = 86_400_000;
let installation: TestInstallation;
let server: RunningServer;

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start();
});

afterEach(async () => {
  await server.close();
  await installation.remove();
});

/** The refusal's code, which must have a text for people. */
function codeOf(answer: IntakeAnswer): string {
  const { error } = IntakeRefusal.parse(JSON.parse(answer.body.toString()));
  expect(Object.keys(catalogue)).toContain(error.code);
  return error.code;
}

const offsetOf = (answer: IntakeAnswer) => Number(answer.headers["upload-offset"]);

const head = (sha256: string, credentials = installation.booth.tls()) =>
  ask(installation, server.intakePort, {
    method: "HEAD",
    path: `${INTAKE_PATHS.uploads}/${sha256}`,
    headers: { "tus-resumable": "1.0.0" },
    credentials,
  });

async function prepare(bytes = 200_000, change = {}, signer = installation.booth) {
  const sealed = await installation.seal(bytes, change, signer);
  const content = await readFile(sealed.path);
  return { ...sealed, content, offer: await offerOf(content) };
}

const stored = () => server.store.database.prepare("SELECT count(*) FROM package").pluck().get();

describe("who may come in", () => {
  test("without a certificate nobody", async () => {
    const { offer } = await prepare();
    const answer = await sendOffer(installation, server.intakePort, writeOffer(offer), null);
    expect([answer.status, codeOf(answer)]).toEqual([401, "intake/certificate-missing"]);
  });

  test("not with a certificate of another installation", async () => {
    const other = await makeInstallation();
    try {
      const { offer } = await prepare();
      const answer = await sendOffer(installation, server.intakePort, writeOffer(offer), other.booth.tls());
      expect([answer.status, codeOf(answer)]).toEqual([403, "intake/certificate-foreign"]);
    } finally {
      await other.remove();
    }
  });

  test("not with the server's own certificate, which is no booth's", async () => {
    const answer = await head("0".repeat(64), installation.identity.keys.tls.tls());
    expect(answer.status).toBe(403);
  });

  test("not with a certificate whose time is over, or with a server's clock three years off", async () => {
    await server.close();
    const now = () => new Date(Date.now() + 3 * 365 * DAY);
    server = await installation.start({ clock: { ...systemClock, now } });
    const { offer } = await prepare();
    const answer = await sendOffer(installation, server.intakePort, writeOffer(offer));
    expect([answer.status, codeOf(answer)]).toEqual([403, "intake/certificate-expired"]);
  });

  test("a booth sees and touches nothing of another's", async () => {
    const { offer, content, sha256 } = await prepare();
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const other = installation.otherBooth.tls();
    expect((await head(sha256, other)).status).toBe(404);
    await patch(installation, server.intakePort, sha256, offer.head.length, content.subarray(offer.head.length));
    const receipt = { method: "GET", path: `${INTAKE_PATHS.receipts}/${sha256}`, credentials: other };
    expect(codeOf(await ask(installation, server.intakePort, receipt))).toBe("intake/receipt-unknown");
  });
});

describe("an offer is refused before its body", () => {
  const refusal = async (
    change: Parameters<typeof prepare>[1],
    signer = installation.booth,
    credentials = signer.tls(),
  ) => {
    const { offer } = await prepare(1000, change, signer);
    const answer = await sendOffer(installation, server.intakePort, writeOffer(offer), credentials);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await readdir(join(installation.serverFolder, "uploads"))).toEqual([]);
    return codeOf(answer);
  };

  test("replayed by another booth, which raises an alarm", async () => {
    expect(await refusal({}, installation.booth, installation.otherBooth.tls())).toBe("intake/booth-differs");
    expect(server.store.alarms.latest(1)[0]).toMatchObject({ booth: "booth-2", code: "intake/booth-differs" });
  });

  test("past its last day", async () => {
    await server.close();
    server = await installation.start({ clock: { ...systemClock, now: () => new Date(Date.now() + 40 * DAY) } });
    expect(await refusal({})).toBe("package/expired");
  });

  test.each([
    ["ahead", 3, "package/clock-ahead"],
    ["behind", -3, "certificate/not-yet-valid"],
  ])("sealed by a clock that is three years %s", async (_way, years, code) => {
    const at = () => new Date(Date.now() + years * 365 * DAY);
    const notAfter = new Date(at().getTime() + 30 * DAY);
    const sealed = await installation.seal(1000, { notAfter }, installation.booth, { ...systemClock, now: at });
    const offer = await offerOf(await readFile(sealed.path));
    const answer = await sendOffer(installation, server.intakePort, writeOffer(offer));
    expect(codeOf(answer)).toBe(code);
  });

  test("declared to be 10 GB long", async () => {
    const { offer } = await prepare(1000);
    const bytes = writeOffer(offer);
    bytes.writeBigUInt64BE(10_000_000_000n, 8);
    const answer = await sendOffer(installation, server.intakePort, bytes);
    expect([answer.status, codeOf(answer)]).toEqual([413, "delivery/package-too-large"]);
  });

  test("with an HTTP body declared to be 10 GB long, without reading it", async () => {
    const answer = await ask(installation, server.intakePort, {
      method: "POST",
      path: INTAKE_PATHS.offers,
      headers: { "content-length": 10_000_000_000, expect: "100-continue" },
    }).catch((error: { code?: string }) => error.code);
    expect(typeof answer === "object" && codeOf(answer)).toBe("intake/offer-too-large");
  });

  test.each([
    ["a path", "../../etc/passwd"],
    ["an absolute path", "/etc/passwd"],
    ["bytes that are not UTF-8", Buffer.from([0xff, 0xfe, 0x80]).toString("latin1")],
    ["nothing", ""],
  ])("with %s for a name in its archive", async (_what, name) => {
    const { content, offer } = await prepare(1000);
    const changed = Buffer.from(offer.head);
    changed.fill(0, 0, 100).write(name, 0, "latin1");
    const answer = await sendOffer(installation, server.intakePort, writeOffer({ ...offer, head: changed }));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    codeOf(answer);
    expect(content.length).toBeGreaterThan(0);
    expect(stored()).toBe(0);
  });

  test("with a manifest changed by one bit", async () => {
    const { offer } = await prepare(1000);
    const changed = Buffer.from(offer.head);
    changed[600]! ^= 1;
    const answer = await sendOffer(installation, server.intakePort, writeOffer({ ...offer, head: changed }));
    expect(codeOf(answer)).toMatch(/^(package|delivery)\//);
  });

  test("of a known package number with other bytes, which raises an alarm", async () => {
    const packageId = "3dbf6aa9-3cdb-4f01-9e7e-6d97bfd5739c";
    const first = await prepare(1000, { packageId });
    expect((await sendPackage(installation, server.intakePort, first.content)).status).toBe(204);
    const second = await prepare(1000, { packageId });
    const answer = await sendOffer(installation, server.intakePort, writeOffer(second.offer));
    expect([answer.status, codeOf(answer)]).toEqual([409, "intake/package-differs"]);
    expect(server.store.alarms.latest(1)[0]?.code).toBe("intake/package-differs");
    expect(server.store.packages.findByPackageId(packageId)?.sha256).toBe(first.sha256);
  });

  test("when it is cut or changed anywhere, with a code and never with a fault", async () => {
    const { offer } = await prepare(1000);
    const bytes = writeOffer(offer);
    for (let round = 0; round < 60; round++) {
      const at = randomBytes(4).readUInt32BE();
      const cut = round % 2 === 0 ? bytes.subarray(0, at % bytes.length) : Buffer.from(bytes);
      // Behind the fixed part: what the manifest and its signature say. (A changed hash is found when the body has come.)
      if (round % 2 === 1) cut[20 + (at % offer.head.length)]! ^= 0x40;
      const answer = await sendOffer(installation, server.intakePort, cut);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(codeOf(answer)).not.toBe("intake/failed");
    }
  });
});

describe("a body", () => {
  test("goes on from what is durable, also after the server was started anew", async () => {
    const { content, offer, sha256 } = await prepare();
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const half = 90_001;
    await patch(installation, server.intakePort, sha256, offer.head.length, content.subarray(offer.head.length, half));
    expect(offsetOf(await head(sha256))).toBe(half);
    await server.close();
    server = await installation.start();
    expect(offsetOf(await head(sha256))).toBe(half);
    const rest = await patch(installation, server.intakePort, sha256, half, content.subarray(half));
    expect(rest.status).toBe(204);
    expect(stored()).toBe(1);
  });

  test("whose block arrives changed goes back to that block's beginning, and then arrives", async () => {
    const { content, offer, sha256 } = await prepare();
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const wrong = Buffer.from(content);
    const block = offer.blockBytes;
    wrong[block + 5]! ^= 1;
    const answer = await patch(
      installation,
      server.intakePort,
      sha256,
      offer.head.length,
      wrong.subarray(offer.head.length),
    );
    expect([answer.status, codeOf(answer)]).toEqual([460, "intake/block-mismatch"]);
    expect(offsetOf(await head(sha256))).toBe(block);
    expect((await patch(installation, server.intakePort, sha256, block, content.subarray(block))).status).toBe(204);
    expect(stored()).toBe(1);
  });

  test("that changed on the server's disk while it was down is sent again from there", async () => {
    const { content, offer, sha256 } = await prepare();
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const body = content.subarray(offer.head.length, 190_000);
    await patch(installation, server.intakePort, sha256, offer.head.length, body);
    await server.close();
    const path = join(installation.serverFolder, "uploads", `${sha256}.kab`);
    const bytes = await readFile(path);
    bytes[offer.blockBytes + 1]! ^= 1;
    await writeFile(path, bytes);
    server = await installation.start();
    expect(offsetOf(await head(sha256))).toBe(offer.blockBytes);
  });

  test("longer than declared is refused", async () => {
    const { content, offer, sha256 } = await prepare(1000);
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const more = Buffer.concat([content, Buffer.alloc(5000)]).subarray(offer.head.length);
    const answer = await patch(installation, server.intakePort, sha256, offer.head.length, more);
    expect(answer.status).toBe(413);
    expect(stored()).toBe(0);
  });

  test("whose parts are not what the manifest signs is refused, removed and reported", async () => {
    const { content } = await prepare(50_000);
    content[content.length - 3000]! ^= 1;
    const offer = await offerOf(content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const answer = await patch(
      installation,
      server.intakePort,
      sha256,
      offer.head.length,
      content.subarray(offer.head.length),
    );
    expect(codeOf(answer)).toMatch(/^package\//);
    expect(await readdir(join(installation.serverFolder, "uploads"))).toEqual([]);
    expect(server.store.alarms.latest(1)).toHaveLength(1);
    expect(stored()).toBe(0);
  });

  test("with two writers is written by the later one, and is whole", async () => {
    const { content, offer, sha256 } = await prepare(400_000);
    await sendOffer(installation, server.intakePort, writeOffer(offer));
    const from = offer.head.length;
    const body = content.subarray(from);
    await Promise.allSettled([
      patch(installation, server.intakePort, sha256, from, body),
      patch(installation, server.intakePort, sha256, from, body),
    ]);
    const at = stored() === 1 ? content.length : offsetOf(await head(sha256));
    if (at < content.length) await patch(installation, server.intakePort, sha256, at, content.subarray(at));
    expect(stored()).toBe(1);
    const kept = await readFile(join(installation.serverFolder, "uploads", `${sha256}.kab`));
    expect(kept.equals(content)).toBe(true);
  });

  test("sent a second time gives the same receipt and no second record", async () => {
    const { content, offer, sha256 } = await prepare(1000);
    await sendPackage(installation, server.intakePort, content);
    const receipt = { method: "GET", path: `${INTAKE_PATHS.receipts}/${sha256}` };
    const first = await ask(installation, server.intakePort, receipt);
    const again = await sendOffer(installation, server.intakePort, writeOffer(offer));
    expect(JSON.parse(again.body.toString())).toMatchObject({ state: "received" });
    expect((await ask(installation, server.intakePort, receipt)).body.equals(first.body)).toBe(true);
    expect(stored()).toBe(1);
  });
});

describe("the question what was decided", () => {
  test.each(["-1", "1e3", "x", "99999999999999999999"])(
    "after notice %s, which is no number of one, is refused",
    async (after) => {
      const path = `${INTAKE_PATHS.status}?after=${after}`;
      const answer = await ask(installation, server.intakePort, { method: "GET", path });
      expect([answer.status, codeOf(answer)]).toEqual([400, "intake/protocol"]);
    },
  );
});

describe("an offer's bytes", () => {
  test("read back as they were written", async () => {
    const { offer } = await prepare(100_000);
    const read: Offer = readOffer(writeOffer(offer));
    expect(read.packageBytes).toBe(offer.packageBytes);
    expect(read.blockHashes.equals(offer.blockHashes)).toBe(true);
    expect(read.head.equals(offer.head)).toBe(true);
  });
});

const canMount = process.getuid?.() === 0 && tryMount();

function tryMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), "kabina-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", probe], { stdio: "ignore" });
    execFileSync("umount", [probe]);
    return true;
  } catch {
    process.stderr.write("disk-full test skipped: this user may not mount a small disk\n");
    return false;
  }
}

(canMount ? describe : describe.skip)("a disk that fills up in the middle of an upload", () => {
  test("keeps what is durable, says so, and takes the rest when there is room", async () => {
    await server.close();
    await mkdir(installation.serverFolder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", installation.serverFolder]);
    try {
      server = await installation.start({ diskReserveBytes: 0 });
      const { content, offer, sha256 } = await prepare(500_000);
      expect((await sendOffer(installation, server.intakePort, writeOffer(offer))).status).toBe(200);
      const ballast = join(installation.serverFolder, "ballast");
      const free = Number(
        execFileSync("df", ["--output=avail", "-B1", installation.serverFolder]).toString().split("\n")[1],
      );
      await writeFile(ballast, Buffer.alloc(Math.max(0, free - 200_000)));
      const full = await patch(
        installation,
        server.intakePort,
        sha256,
        offer.head.length,
        content.subarray(offer.head.length),
      );
      expect([full.status, codeOf(full)]).toEqual([507, "intake/disk-full"]);
      const at = offsetOf(await head(sha256));
      expect(at).toBeGreaterThanOrEqual(offer.head.length);
      await rm(ballast);
      expect((await patch(installation, server.intakePort, sha256, at, content.subarray(at))).status).toBe(204);
      expect(stored()).toBe(1);
      await server.close();
    } finally {
      execFileSync("umount", ["-l", installation.serverFolder]);
    }
    server = await installation.start();
  });
});
