/** What would be lost: a portrait held to other limits than its person was, or a case that does not say to which. */
import { expect, it } from "@jest/globals";
import type { PortraitAssessment } from "../../biometrics/face/assessment.ts";
import type { FaceComparer } from "../../biometrics/face/detector.ts";
import type { PassLimits } from "../../biometrics/face/limits.ts";
import { encodePng } from "../../biometrics/image/codec.ts";
import type { FingerEngine } from "../../server/pipeline/finger-engine.ts";
import { qualityStage } from "../../server/pipeline/quality.ts";
import type { StageInput } from "../../server/pipeline/stage.ts";
import { measuresOf, policyOf } from "../../server/review/portrait-view.ts";

const known = [
  { version: 1, hash: "a".repeat(64), since: new Date(0), pass: { Sharpness: 30 } },
  { version: 2, hash: "b".repeat(64), since: new Date(1), pass: { Sharpness: 80 } },
];

/** Judges one measure of a fixed value by the limits that it is given; the networks have their own tests. */
const detector = {
  assess: async (_still: unknown, limits: PassLimits): Promise<PortraitAssessment> => {
    const pass = 60 >= (limits.Sharpness ?? 50);
    return {
      width: 16,
      height: 16,
      faces: 1,
      measures: { Sharpness: { raw: 0.13, value: 60, pass, hint: pass ? null : "hold-still" } },
      pass,
      score: 60,
      hint: null,
      presentation: [],
      observation: { width: 16, height: 16, faces: [], brightness: 0, fingerprint: 0, milliseconds: 0 },
    };
  },
} as unknown as FaceComparer;

async function judged(policyHash: string) {
  const portrait = await encodePng({ width: 16, height: 16, data: new Uint8Array(16 * 16 * 3) });
  const input = {
    record: { caseId: "C-1" },
    package: { manifest: { policyHash } },
    store: { parts: { resealer: async () => () => new Uint8Array() } },
    part: async (name: string) => (name === "portrait" ? Buffer.from(portrait) : undefined),
    enrolment: async () => undefined,
  } as unknown as StageInput;
  const engines = { face: async () => detector, finger: {} as FingerEngine };
  const { checks } = await qualityStage(engines, { policies: async () => known }).run(input);
  const status = checks.find(({ check }) => check === "quality/portrait")?.status;
  return { status, policy: policyOf(checks), measures: measuresOf(checks) };
}

it.each<[string, string, string, number, "named" | "current", number]>([
  ["the one that the package names, though there is a newer", "a".repeat(64), "passed", 1, "named", 30],
  ["the newest, when the package names it", "b".repeat(64), "failed", 2, "named", 80],
  ["the one in force, when nobody here knows the package's", "c".repeat(64), "failed", 2, "current", 80],
])("a portrait is judged by %s", async (_what, hash, status, version, source, least) => {
  const passes = status === "passed";
  expect(await judged(hash)).toEqual({
    status,
    policy: { version, source },
    measures: [{ name: "Sharpness", value: 60, least, passes }],
  });
});
