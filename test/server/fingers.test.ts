/**
 * What would be lost: a person who enrols twice under two names and is not seen, because only the latest were compared or because a restart
 * forgot the rest; somebody at the desk who was not in the booth; and prints that stay in memory after they were erased.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { extractTemplate, type FingerPosition, type Template } from "../../biometrics/finger/finger.ts";
import { encodeGreyPng } from "../../biometrics/image/codec.ts";
import { writeFingerRecord } from "../../biometrics/records/record.ts";
import { recordOf } from "../../biometrics/records/template-record.ts";
import type { RunningServer } from "../../server/main.ts";
import { Gallery } from "../../server/pipeline/gallery.ts";
import { PIPELINE_LIMITS, searchThreshold } from "../../server/pipeline/limits.ts";
import { FreshFinger } from "../../server/review/api.ts";
import { press } from "../biometrics/finger/prints.ts";
import { ConsoleClient } from "./console-client.ts";
import { enrolmentParts } from "./enrolment-sample.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";
import { sendPackage } from "./intake-requests.ts";

const print = (person: number, position: FingerPosition, seed: number) => press(person, position, { seed }).image;
const template = (person: number, position: FingerPosition, seed: number) =>
  extractTemplate(print(person, position, seed));

describe("the gallery", () => {
  const gallery = new Gallery();
  const prints = (person: number, seed: number) => ({
    "right-index": template(person, "right-index", seed),
    "left-index": template(person, "left-index", seed),
  });
  const search = (own: Readonly<Record<string, Template>>, except = "") => {
    const steps = gallery.search(own, except);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  };

  test("finds who was enrolled before, all fingers fused, and forgets who is erased", () => {
    gallery.enrol("a", prints(1, 1));
    gallery.enrol("b", prints(2, 1));
    const again = prints(1, 9);
    const hit = search(again)!;
    expect(hit).toMatchObject({ compared: 2, nearest: "a" });
    expect(hit.score).toBeGreaterThan(searchThreshold(2));
    expect(hit.score).toBeCloseTo(hit.fingers["right-index"]! + hit.fingers["left-index"]!, 6);
    expect(search(again, "a")!.score).toBeLessThan(searchThreshold(2));
    gallery.forget("a");
    expect(search(again)!).toMatchObject({ compared: 1 });
    expect(search(again)!.score).toBeLessThan(searchThreshold(1));
  });

  test("compares a hand that gave one finger by that finger alone, and nobody who shares none", () => {
    gallery.enrol("a", { "right-index": template(1, "right-index", 1) });
    gallery.enrol("c", { "left-thumb": template(1, "left-index", 1) });
    const hit = search(prints(1, 9))!;
    expect(Object.keys(hit.fingers)).toEqual(["right-index"]);
    expect(hit.compared).toBe(2);
  });

  test("asks for more the more people it is compared with: one false hit in a hundred searches at the most", () => {
    expect(searchThreshold(1)).toBe(PIPELINE_LIMITS.sameFinger);
    expect(searchThreshold(100_000)).toBeCloseTo(70, 6);
  });
});

describe("at the server", () => {
  let installation: TestInstallation;
  let server: RunningServer;
  let operator: ConsoleClient;
  let sent = 0;
  const start = async () => {
    server = await installation.start({ console: { port: 0, files: installation.folder } });
    operator = await ConsoleClient.signIn(server.signInLink()!);
  };
  beforeAll(async () => {
    installation = await makeInstallation();
    await start();
  });
  afterAll(async () => {
    await server?.close();
    await installation?.remove();
  });

  /** Sends a person's enrolment and gives the case's number and its check against earlier ones. */
  async function enrol(person: number, seed: number) {
    const prints = {
      right: await encodeGreyPng(print(person, "right-index", seed)),
      left: await encodeGreyPng(print(person, "left-index", seed)),
    };
    const parts = await enrolmentParts(installation.trust.recipients, { prints });
    const sealed = await installation.seal(0, { parts });
    const before = new Set((await operator.queue()).items.map(({ caseId }) => caseId));
    await sendPackage(installation, server.intakePort, await readFile(sealed.path));
    sent++;
    const { items } = await operator.waitForQueue(sent);
    const { caseId } = items.find((item) => !before.has(item.caseId))!;
    await server.pipeline!.idle();
    const { checks, history } = await operator.detail(caseId);
    return { caseId, history, others: checks.find(({ check }) => check === "duplicates/others")! };
  }

  async function fresh(caseId: string, file: Uint8Array) {
    const path = `/api/cases/${caseId}/fresh-finger`;
    return operator.sendFile(path, file);
  }

  let first: string;

  test("somebody enrolled twice is found, the verdict with score, rate, threshold and template version", async () => {
    first = (await enrol(1, 1)).caseId;
    expect((await enrol(2, 1)).others).toMatchObject({ status: "passed", measures: { compared: 1 } });
    const { others } = await enrol(1, 2);
    expect(others).toMatchObject({ status: "failed", reason: "review/enrolled-before" });
    expect(others.measures).toMatchObject({
      compared: 2,
      nearest: first,
      template: template(1, "right-index", 1).version,
    });
    expect(others.measures.score).toBeGreaterThan(Number(others.measures.threshold));
    expect(others.measures.falseMatchRate).toBeLessThan(1e-4);
  }, 60_000);

  test("after a restart everybody is there again; whose parts were dropped is not", async () => {
    await server.close();
    await start();
    const { others } = await enrol(2, 3);
    expect(others).toMatchObject({ status: "failed", measures: { compared: 3 } });
    const nearest = String(others.measures.nearest);
    await server.store.commits.commit(() => server.store.parts.drop(nearest));
    const { others: later } = await enrol(2, 4);
    expect(later.measures).toMatchObject({ compared: 3 });
    expect(later.measures.nearest).not.toBe(nearest);
  }, 60_000);

  test("a fresh finger at the desk is told from another's, as a picture and as another maker's record, and the history says so", async () => {
    const same = await fresh(first, await encodeGreyPng(print(1, "left-index", 7)));
    expect(FreshFinger.parse(await same.json())).toMatchObject({ position: "left-index", same: true, threshold: 40 });
    const other = await fresh(first, await encodeGreyPng(print(5, "left-index", 7)));
    expect(FreshFinger.parse(await other.json())).toMatchObject({ same: false });
    const record = writeFingerRecord(recordOf(template(1, "right-index", 8), "iso2005"));
    const recorded = FreshFinger.parse(await (await fresh(first, record)).json());
    expect(recorded).toMatchObject({ position: "right-index", same: true, quality: null });
    expect(recorded.template).toContain("iso2005");
    const { history } = await operator.detail(first);
    const told = history.filter(({ event }) => event.startsWith("finger-"));
    expect(told.map(({ event }) => event)).toEqual(["finger-same", "finger-other", "finger-same"]);
    expect(told[0]!.detail).toMatch(/^left-index [\d.]+ ≥ 40, FMR [\d.e-]+, kabina-finger/);
  }, 60_000);

  test("what is no finger is refused with a code", async () => {
    for (const [file, code] of [
      [Buffer.from("a cat"), "review/finger-file"],
      [new Uint8Array(0), "review/request-malformed"],
      [Buffer.alloc(9 << 20), "review/request-malformed"],
    ] as const) {
      const answer = await fresh(first, file);
      expect(answer.ok).toBe(false);
      expect(await answer.json()).toMatchObject({ error: { code } });
    }
    expect(await (await fresh("case-0", Buffer.from("x"))).json()).toMatchObject({
      error: { code: "review/case-unknown" },
    });
  });
});
