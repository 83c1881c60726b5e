/** From a received package to a signed decision: if this fails, an operator sees the wrong case, or a decision that nobody can prove. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readLines } from "../../crypto/audit/file.ts";
import { packageNumber } from "../../crypto/package/number.ts";
import { verifyDecision } from "../../crypto/receipt/decision.ts";
import { decodeSigned } from "../../crypto/receipt/signed-document.ts";
import type { RunningServer } from "../../server/main.ts";
import { Found, QueueEvent, REVIEW_LIMITS } from "../../server/review/api.ts";
import { scanFolder } from "../end-to-end/plaintext-scan.ts";
import { ConsoleClient } from "./console-client.ts";
import { enrolmentParts, type SampleOptions } from "./enrolment-sample.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";
import { sendPackage } from "./intake-requests.ts";

let installation: TestInstallation;
let server: RunningServer;
let operator: ConsoleClient;

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start({ console: { port: 0, files: installation.folder } });
  operator = await ConsoleClient.signIn(server.signInLink()!);
});

afterEach(async () => {
  await server?.close();
  await installation?.remove();
});

async function receive(options: SampleOptions = {}): Promise<void> {
  const parts = await enrolmentParts(installation.trust.recipients, options);
  const sealed = await installation.seal(0, { parts });
  await sendPackage(installation, server.intakePort, await readFile(sealed.path));
}

describe("a received case", () => {
  test("comes into the queue with every check, its pictures and its data", async () => {
    await receive();
    const [item] = (await operator.waitForQueue(1)).items;
    expect(item).toMatchObject({ booth: "booth-1", office: "Office 1", state: "waiting" });
    const detail = await operator.detail(item!.caseId);
    expect(new Set(detail.checks.map(({ stage }) => stage))).toEqual(
      new Set(["open", "validate", "device", "chip", "quality", "duplicates"]),
    );
    for (const { status, reason, text } of detail.checks) {
      expect(reason === null).toBe(status === "passed");
      expect(text === null).toBe(status === "passed");
    }
    expect(detail.fields.find(({ field }) => field === "surname")?.mrz).toBe("ERIKSSON");
    expect(detail.signature?.strokes).toHaveLength(1);
    const picture = await operator.send("GET", detail.portrait!);
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
    expect(picture.headers.get("cache-control")).toBe("no-store");
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  });

  test("rests encrypted: nothing of the person, and no word of the operator's, stands in the server's files or its log", async () => {
    await server.close();
    const lines: string[] = [];
    const log = (event: string, details: unknown) => void lines.push(`${event} ${JSON.stringify(details)}`);
    server = await installation.start({ console: { port: 0, files: installation.folder }, log });
    operator = await ConsoleClient.signIn(server.signInLink()!);
    const surname = "ZZYZXSSON";
    const note = `Frau ${surname} trägt die Brille ihrer Schwester`;
    await receive({ surname });
    const [item] = (await operator.waitForQueue(1)).items;
    const path = `/api/cases/${item!.caseId}/decision`;
    // Once taken back, once to stay: what was taken back is gone too.
    const taken = { kind: "escalate", note: `${note}, zurückgenommen` };
    await operator.send("POST", path, { decision: taken, version: item!.version });
    await operator.send("POST", `${path}/undo`);
    const [again] = (await operator.queue()).items;
    const decision = { kind: "retake", reasons: ["portrait-covered"], note };
    const answer = await operator.send("POST", path, { decision, version: again!.version });
    expect(((await answer.json()) as { decision: unknown }).decision).toEqual(decision);
    while ((await operator.detail(item!.caseId)).decision?.state !== "final") {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const detail = await operator.detail(item!.caseId);
    expect(detail.decision?.decision).toEqual(decision);
    expect(detail.history.filter(({ detail: said }) => said?.includes(note))).toHaveLength(1);
    // What nobody foresaw happens, with the person in its message.
    await rm(join(installation.serverFolder, "uploads"), { recursive: true });
    await writeFile(join(installation.serverFolder, "uploads"), "");
    await receive({ surname }).catch(() => undefined);
    expect(lines.some((line) => line.startsWith("fault"))).toBe(true);
    await server.close();

    const parts = await enrolmentParts(installation.trust.recipients, { surname });
    const text = (name: string, said: string) => ({ name, bytes: Buffer.from(said) });
    const secrets = [
      text("surname", surname),
      text("note", note),
      text("part of the note", "Brille ihrer Schwester"),
      ...parts
        .filter(({ mediaType }) => mediaType.startsWith("image/"))
        .map(({ name, content }) => ({ name, bytes: content as Uint8Array })),
    ];
    await writeFile(join(installation.serverFolder, "server.log"), lines.join("\n"));
    expect(scanFolder(installation.serverFolder, secrets)).toEqual([]);
    // And the scan can find: what is planted among them.
    await writeFile(join(installation.serverFolder, "planted"), Buffer.from(note).toString("base64"));
    expect(scanFolder(installation.serverFolder, secrets)).not.toEqual([]);
    server = await installation.start({ folder: join(installation.folder, "another") });
  }, 60_000);

  test("is found by its number, the person's number, its booth and its time, and by nothing else", async () => {
    await receive();
    const [item] = (await operator.waitForQueue(1)).items;
    const search = async (text: string, zone = 0) => {
      const answer = await operator.send("GET", `/api/search?${new URLSearchParams({ text, zone: String(zone) })}`);
      return Found.parse(await answer.json()).items.map(({ caseId }) => caseId);
    };
    const received = item!.receivedAt;
    const day = received.slice(0, 10);
    for (const text of [
      item!.caseId,
      item!.caseId.slice(0, 6).toLowerCase(),
      item!.packageId,
      packageNumber(item!.packageId),
      packageNumber(item!.packageId).replaceAll(" ", ""),
      "BOOTH-1",
      day,
      day.split("-").reverse().join("."),
      `${day} ${received.slice(11, 13)}`,
      `${day} ${received.slice(11, 16)}`,
    ])
      expect([text, await search(text)]).toEqual([text, [item!.caseId]]);
    for (const text of [
      "",
      " ",
      "booth-2",
      "2020-01-01",
      "%",
      "_",
      "'; DROP TABLE package; --",
      "0000 0000 0000",
      "99.99.9999",
    ])
      expect([text, await search(text)]).toEqual([text, []]);
    // The same hour where the clock is five hours ahead.
    const there = new Date(Date.parse(received) + 5 * 3_600_000).toISOString();
    expect(await search(`${there.slice(0, 10)} ${there.slice(11, 13)}`, -300)).toEqual([item!.caseId]);
  });

  test("is decided once, undone within the window, and then signed into the audit log and for the booth", async () => {
    await receive();
    const [item] = (await operator.waitForQueue(1)).items;
    const path = `/api/cases/${item!.caseId}/decision`;
    const retake = { kind: "retake", reasons: ["portrait-light", "finger-quality"] };
    const outdated = await operator.send("POST", path, { decision: retake, version: item!.version - 1 });
    expect(outdated.status).toBe(409);
    const override = { kind: "accept", override: "measure-wrong" };
    expect((await operator.send("POST", path, { decision: override, version: item!.version })).status).toBe(200);
    expect((await operator.send("POST", path, { decision: retake, version: item!.version + 1 })).status).toBe(409);
    expect((await operator.send("POST", `${path}/undo`)).status).toBe(200);
    const [again] = (await operator.queue()).items;
    expect(again?.state).toBe("waiting");
    expect((await operator.send("POST", path, { decision: retake, version: again!.version })).status).toBe(200);
    while ((await operator.detail(item!.caseId)).decision?.state !== "final") {
      await new Promise((resolve) => setTimeout(resolve, REVIEW_LIMITS.undoMs / 10));
    }
    expect((await operator.send("POST", `${path}/undo`)).status).toBe(409);
    const entries: string[] = [];
    for await (const { line } of readLines(join(installation.serverFolder, "audit.log"))) {
      entries.push(Buffer.from(line).toString("utf8"));
    }
    expect(entries.filter((line) => line.includes("case.decided"))).toHaveLength(1);
    expect(entries.join()).toContain("operator-1");
    const [notice] = server.store.notices.after("booth-1", 0, 10);
    const about = { packageId: item!.packageId, boothId: "booth-1" };
    const decision = verifyDecision(decodeSigned(notice!.notice.toString()), about, {
      anchors: [installation.trust.root],
    });
    expect(decision).toMatchObject({ decision: "retake", reasons: ["portrait-light", "finger-quality"] });
  });
});

test("a portrait that failed is accepted only with a reason, which is signed with what it was about and stays to be seen", async () => {
  await receive();
  const [item] = (await operator.waitForQueue(1)).items;
  const path = `/api/cases/${item!.caseId}`;
  const decide = async (decision: object) => {
    const answer = await operator.send("POST", `${path}/decision`, { decision, version: item!.version });
    return answer.ok ? 200 : ((await answer.json()) as { error: { code: string } }).error.code;
  };
  const before = await operator.detail(item!.caseId);
  const failed = before.checks.find(({ check }) => check === "quality/portrait")!;
  expect(failed.status).toBe("failed");
  expect(await decide({ kind: "accept" })).toBe("review/override-needed");
  expect(await decide({ kind: "accept", override: "other" })).toBe("review/override-unexplained");
  expect(await decide({ kind: "accept", override: "because" })).toBe("review/request-malformed");
  expect((await operator.queue()).items[0]?.state).toBe("waiting");
  expect(await decide({ kind: "accept", override: "medical", note: "neck brace" })).toBe(200);
  while ((await operator.detail(item!.caseId)).decision?.state !== "final") {
    await new Promise((resolve) => setTimeout(resolve, REVIEW_LIMITS.undoMs / 10));
  }
  const after = await operator.detail(item!.caseId);
  const below = failed.measures.below ? String(failed.measures.below).split(", ") : [failed.reason];
  expect(after.override).toEqual({ reason: "medical", measures: below });
  expect(after.decision?.decision).toEqual({ kind: "accept", override: "medical", note: "neck brace" });
  expect(after.history.find(({ event }) => event === "decided")?.detail).toBe(
    `accept: medical, ${below.join(", ")}: neck brace`,
  );
  const log = await readFile(join(installation.serverFolder, "audit.log"), "utf8");
  expect(log).toContain(`"override":"medical"`);
  expect(log).toContain(below.join(" "));
  // What was written about a person is in no log.
  expect(log).not.toContain("neck brace");
});

describe("the event stream", () => {
  /** Reads events from a stream until `count` have come. */
  async function events(count: number, after?: number): Promise<QueueEvent[]> {
    const headers: Record<string, string> = after === undefined ? {} : { "last-event-id": String(after) };
    const stream = await operator.send("GET", "/api/events", undefined, headers);
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    const found: QueueEvent[] = [];
    for (let text = ""; found.length < count; ) {
      text += (await reader.read()).value ?? "";
      const whole = text.split("\n\n");
      text = whole.pop() ?? "";
      for (const block of whole) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data) found.push(QueueEvent.parse(JSON.parse(data)));
      }
    }
    await reader.cancel();
    return found;
  }

  test("tells of a new case and of each change, and goes on where a console left off", async () => {
    const coming = events(2);
    await receive();
    const [item] = (await operator.waitForQueue(1)).items;
    const decision = { kind: "escalate", note: "second pair of eyes" };
    await operator.send("POST", `/api/cases/${item!.caseId}/decision`, { decision, version: item!.version });
    const [added, changed] = await coming;
    expect([added?.kind, added?.item.caseId]).toEqual(["added", item!.caseId]);
    expect([changed?.kind, changed?.item.state]).toEqual(["changed", "escalated"]);
    const [again] = await events(1, added!.sequence);
    expect(again?.sequence).toBe(changed?.sequence);
    expect((await operator.queue()).sequence).toBe(changed?.sequence);
  });
});

describe("signing out", () => {
  test("ends the session's event stream before it tells anything more", async () => {
    const stream = await operator.send("GET", "/api/events");
    expect((await operator.send("DELETE", "/api/session")).status).toBe(204);
    await receive();
    const text = await stream.text();
    expect(text).not.toContain("caseId");
  });
});

describe("a replay", () => {
  test("does every stage again and changes nothing else", async () => {
    await receive();
    const [item] = (await operator.waitForQueue(1)).items;
    const before = await operator.detail(item!.caseId);
    await server.pipeline!.replay(item!.caseId);
    await server.pipeline!.idle();
    const after = await operator.detail(item!.caseId);
    const results = ({ checks }: typeof before) => checks.map(({ check, status, reason }) => [check, status, reason]);
    expect(results(after)).toEqual(results(before));
    expect(after.item.state).toBe("waiting");
    expect(after.history.map(({ event }) => event)).toEqual(["received", "queued", "replayed", "queued"]);
  });
});

describe("nasty text in every field", () => {
  const nasty = `'); DROP TABLE package; --<script>alert(1)</script>"\u202e`;

  test("is kept as text, changes no table, and is refused nowhere", async () => {
    await receive({ surname: nasty });
    const [item] = (await operator.waitForQueue(1)).items;
    const detail = await operator.detail(item!.caseId);
    expect(detail.fields.find(({ field }) => field === "surname")?.mrz).toBe(nasty);
    const note = { kind: "escalate", note: nasty };
    await operator.send("POST", `/api/cases/${item!.caseId}/decision`, { decision: note, version: item!.version });
    expect((await operator.detail(item!.caseId)).history.at(-1)?.detail).toContain(nasty);
    expect(server.store.packages.findByPackageId(item!.packageId)).toBeDefined();
  });

  test("longer than the limits makes the record malformed, and the case says so", async () => {
    await receive({ surname: "x".repeat(100_000) });
    const [item] = (await operator.waitForQueue(1)).items;
    const { checks } = await operator.detail(item!.caseId);
    expect(item?.risk).toBe("high");
    expect(checks.find(({ check }) => check === "record/form")).toMatchObject({ status: "failed" });
  });
});

describe("the console's door", () => {
  const routes = ["/api/session", "/api/queue", "/api/events", "/api/cases/C-1", "/api/cases/C-1/images/portrait"];

  test.each(routes)("%s needs a session", async (path) => {
    const stranger = new ConsoleClient(`http://127.0.0.1:${server.consolePort}`);
    expect((await stranger.send("GET", path)).status).toBe(401);
  });

  test("a used link signs nobody in", async () => {
    const link = server.signInLink()!;
    await ConsoleClient.signIn(link);
    await expect(ConsoleClient.signIn(link)).rejects.toThrow("review/token-wrong");
  });

  test("a change needs the session's token", async () => {
    const answer = await operator.send("DELETE", "/api/session", undefined, { "x-kabina-csrf": "guess" });
    expect(answer.status).toBe(403);
  });

  test("another origin's page gets nothing", async () => {
    const answer = await operator.send("GET", "/api/queue", undefined, { origin: "http://evil.example" });
    expect(answer.status).toBe(403);
  });
});
