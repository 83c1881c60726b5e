/** What a booth says of itself, judged: if this fails, a wrong clock or a forced capture passes because the booth kept silent. */
import { describe, expect, test } from "@jest/globals";
import { Enrolment } from "../../crypto/package/enrolment.ts";
import type { TimeEvidence } from "../../crypto/package/manifest.ts";
import { deviceStage } from "../../server/pipeline/device.ts";
import { impliedExceptions } from "../../server/pipeline/implied-exceptions.ts";
import type { StageInput } from "../../server/pipeline/stage.ts";
import { enrolmentParts } from "./enrolment-sample.ts";

const [part] = await enrolmentParts([]);
const sample = (): Enrolment => Enrolment.parse(JSON.parse(Buffer.from(part!.content as Uint8Array).toString()));

describe("exceptions that a booth should have listed", () => {
  test("are none in an ordinary record but the chip that was not read", () => {
    expect(impliedExceptions(sample())).toEqual(["chip/skipped"]);
  });

  const chipless = (change: (record: Enrolment) => void) => {
    const record = sample();
    change(record);
    return impliedExceptions(record).filter((code) => code !== "chip/skipped");
  };
  test.each<[string, (record: Enrolment) => void]>([
    [
      "slip/none",
      (record) => {
        record.slip = null;
      },
    ],
    [
      "document/expired",
      (record) => {
        record.document.mrz.fields.dateOfExpiry = "2020-01-01";
      },
    ],
    [
      "face/forced",
      (record) => {
        record.portrait.forced = true;
      },
    ],
    [
      "finger/forced",
      (record) => {
        record.fingers[0]!.forced = true;
      },
    ],
    [
      "finger/missing",
      (record) => {
        record.fingers[1]!.missing = "amputated";
      },
    ],
    [
      "finger/missing",
      (record) => {
        record.fingers[1]!.part = null;
      },
    ],
    [
      "finger/missing",
      (record) => {
        record.fingers = [];
      },
    ],
    [
      "signature/unable",
      (record) => {
        record.signature.part = null;
      },
    ],
    [
      "session/resumed",
      (record) => {
        record.resumed = 2;
      },
    ],
    [
      "data/disputed",
      (record) => {
        record.document.comparison = [{ field: "surname", match: "same", disputed: true }];
      },
    ],
    [
      "data/different",
      (record) => {
        record.document.comparison = [{ field: "surname", match: "different", disputed: false }];
      },
    ],
  ])("%s follows from the record", (code, change) => {
    expect(chipless(change)).toEqual([code]);
  });
});

describe("a booth's clock", () => {
  const bootId = "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d";
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes)).toISOString();
  const judge = async (createdAt: string, heard: TimeEvidence["lastServerTime"]) => {
    const time = { bootId, counter: 1, monotonicMs: 90 * 60_000, lastServerTime: heard };
    const received = { receivedAt: at(120), manifest: { createdAt, time } };
    const { checks } = await deviceStage.run({ package: received } as unknown as StageInput);
    const { status, reason } = checks.find(({ check }) => check === "device/clock")!;
    return [status, reason];
  };
  /** Heard an hour before the sealing, at noon. */
  const heard = { at: at(0), monotonicMs: 30 * 60_000, bootId };

  test("that agrees with the time heard passes", async () => {
    expect(await judge(at(60), heard)).toEqual(["passed", null]);
  });
  test("that has been set back since is found out", async () => {
    expect(await judge(at(-60), heard)).toEqual(["failed", "review/clock-off"]);
  });
  test("ahead of the server's is found out", async () => {
    expect(await judge(at(180), null)).toEqual(["failed", "review/clock-ahead"]);
  });
  test("of which nothing has been heard, or only before another start, is not called right", async () => {
    expect(await judge(at(60), null)).toEqual(["not-checked", "review/clock-unproved"]);
    const before = { ...heard, bootId: bootId.replace("0b", "0c") };
    expect(await judge(at(60), before)).toEqual(["not-checked", "review/clock-unproved"]);
  });
});
