import { describe, expect, test } from "@jest/globals";
import { enrolmentRecord } from "../../../booth/sealing/enrolment-record.ts";
import { Enrolment } from "../../../crypto/package/enrolment.ts";
import { begun, send, taken, turnedLeft, way } from "../session/sample-events.ts";

const facts = { finishedAt: new Date("2026-11-21T12:30:00Z"), devices: [], hotList: null, boothExceptions: [] };

describe("the record that the server reads", () => {
  test("holds both choices, every try, every reason, and names a part for every picture that is sent", () => {
    let session = way.fingers(begun());
    session = send(session, taken(session, 30), { type: "finger.lifted" });
    session = send(session, taken(session, 85), { type: "finger.lifted" });
    session = send(session, { type: "finger.unable", reason: "bandaged" }, { type: "finger.unapproved" });
    session = send(session, taken(session, 70), { type: "finger.lifted" });
    session = send(session, taken(session, 75), { type: "finger.lifted" });
    session = send(session, { type: "fingers.accept" }, { type: "signature.unable", reason: "injury" });
    const { record, parts } = enrolmentRecord(session.context, { ...facts, boothExceptions: ["clock/suspect"] });
    expect(Enrolment.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(parts.map(({ name }) => name)).toEqual([
      "portrait",
      "portrait-burst-1",
      "finger-right-index",
      "finger-left-thumb",
      "chip-dg1",
    ]);
    expect(record.fingers.map(({ position, missing, kept }) => [position, missing, kept])).toEqual([
      ["right-index", null, 1],
      ["left-index", "bandaged", null],
      ["left-thumb", null, 1],
    ]);
    // What is temporary has an end; nobody confirmed it; and every verdict can be told again from the matrix.
    expect(record.fingers[1]?.exception).toEqual({ expiresOn: "2026-12-21", approvedBy: null, approvedAt: null });
    expect(record.fingerScores?.prints).toEqual([
      { position: "right-index", try: 0 },
      { position: "right-index", try: 1 },
      { position: "left-thumb", try: 0 },
      { position: "left-thumb", try: 1 },
    ]);
    expect(record.fingerScores?.matrix[1]).toEqual([100, 0, 3, 3]);
    expect(record.fingerCrossMatch).toEqual([{ a: "right-index", b: "left-thumb", score: 3 }]);
    expect(record.fingers[0]?.tries.map(({ verdict }) => verdict?.kind)).toEqual(["own", "own"]);
    expect(record.portrait).toMatchObject({ machineChoice: 1, personChoice: null, forced: false });
    // What was done before the camera stands with its burst, and its signs with each photo of it.
    expect(record.portrait.bursts).toEqual([{ challenge: turnedLeft.challenge, colours: null }]);
    expect(record.portrait.candidates.map(({ burst, presentation }) => ({ burst, presentation }))).toEqual(
      [0, 1].map(() => ({ burst: 0, presentation: { score: 97, signals: turnedLeft.signals } })),
    );
    expect(record.signature).toEqual({ part: null, strokes: 0, unable: "injury" });
    expect(record.exceptions.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["slip/none", "finger/missing", "signature/unable", "clock/suspect"]),
    );
    expect(record.timings.map(({ step }) => step)).toContain("face");
  });

  test("is not made of a session in which something is missing", () => {
    expect(() => enrolmentRecord(way.slip(begun()).context, facts)).toThrow(
      expect.objectContaining({ code: "session/incomplete" }),
    );
    expect(() => enrolmentRecord(way.face(begun()).context, facts)).toThrow(
      expect.objectContaining({ code: "session/incomplete" }),
    );
  });
});
