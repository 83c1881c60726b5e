/** What would be lost: in a demonstration the person jumps about in the preview while their picture is judged, or answers nothing. */
import { describe, expect, test } from "@jest/globals";
import { seenOf } from "../../booth/seen-screen.ts";
import { type Live, stillLife } from "../../booth/session/live.ts";
import { begun, candidate, faceTaken, send, way } from "./session/sample-events.ts";

describe("what a synthetic person sees of the screen", () => {
  const live = way.face(begun());
  const capturing = send(live, { type: "face.take" });
  const answering = send(capturing, faceTaken([candidate(0)], "turn-left"));
  const shown = (change: (live: Live) => void = () => {}) => {
    const now = stillLife();
    change(now);
    return now;
  };
  const colour = { red: 1, green: 0, blue: 0, step: 1, of: 5 };
  const act = { kind: "turn-left", phase: "act", left: 1 } as const;

  test("nothing while they come and sit down", () => {
    expect(seenOf({ live: shown(), snapshot: begun() })).toBeNull();
    expect(seenOf({ live: shown(), snapshot: live })).toBeNull();
  });

  test("from the picture on they sit before it: with colours, while it is judged after them, and when it asks", () => {
    const still = { light: null, asked: null };
    expect(seenOf({ live: shown(), snapshot: capturing })).toEqual(still);
    const flash = shown(({ face }) => Object.assign(face, { flash: colour }));
    expect(seenOf({ live: flash, snapshot: capturing })?.light).toEqual(colour);
    expect(seenOf({ live: shown(), snapshot: answering })).toEqual(still);
    const asking = shown(({ face }) => Object.assign(face, { challenge: act }));
    expect(seenOf({ live: asking, snapshot: answering })).toEqual({ light: null, asked: "turn-left" });
  });
});
