/** What a booth says of itself, judged: if this fails, a wrong clock or a forced capture passes because the booth kept silent. */
import { describe, expect, test } from "@jest/globals";
import { Enrolment } from "../../crypto/package/enrolment.ts";
import type { TimeBounds } from "../../crypto/package/time-bounds.ts";
import { impliedExceptions } from "../../server/pipeline/implied-exceptions.ts";
import { checkClock } from "../../server/pipeline/seal-time.ts";
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
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes));
  const judge = (claimed: Date, heard: Partial<TimeBounds>) => {
    const { status, reason } = checkClock({ claimed, after: null, reckoned: null, before: at(120), ...heard });
    return [status, reason];
  };
  /** Heard at noon, an hour before the sealing. */
  const heard = { after: at(0), reckoned: at(60) };

  test("that agrees with the time heard passes", () => {
    expect(judge(at(60), heard)).toEqual(["passed", null]);
  });
  test("that has been set back since is found out", () => {
    expect(judge(at(-60), heard)).toEqual(["failed", "review/clock-off"]);
  });
  test("that says it was before what it had heard is found out, also after another start", () => {
    expect(judge(at(-60), { after: at(0) })).toEqual(["failed", "review/clock-off"]);
  });
  test("ahead of the server's is found out", () => {
    expect(judge(at(180), {})).toEqual(["failed", "review/clock-ahead"]);
  });
  test("of which nothing has been heard, or only before another start, is not called right", () => {
    expect(judge(at(60), {})).toEqual(["not-checked", "review/clock-unproved"]);
    expect(judge(at(60), { after: at(0) })).toEqual(["not-checked", "review/clock-unproved"]);
  });
});
