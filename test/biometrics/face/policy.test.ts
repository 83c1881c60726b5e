import { describe, expect, test } from "@jest/globals";
import { faceLimits } from "../../../biometrics/face/limits.ts";
import { limitsOf } from "../../../biometrics/face/policy.ts";

describe("policy changes limits, and nothing else", () => {
  test("what it does not name stays", () => {
    const limits = limitsOf({ pass: { HeadPoseYaw: 99 }, guide: { eyeDistance: { least: 0.2 } } });
    expect(limits.pass.HeadPoseYaw).toBe(99);
    expect(limits.guide.eyeDistance).toEqual({ least: 0.2, most: faceLimits.guide.eyeDistance.most });
    expect(limits.detection).toEqual(faceLimits.detection);
    expect(limitsOf({})).toEqual(faceLimits);
  });

  test.each([
    [{ pass: { HeadPoseYawn: 1 } }, "/pass/HeadPoseYawn"],
    [{ pass: { HeadPoseYaw: "90" } }, "/pass/HeadPoseYaw"],
    [{ pass: [] }, "/pass"],
    [{ guide: 3 }, "/guide"],
    [JSON.parse('{"__proto__": {"pass": 1}}'), "/__proto__"],
    ["all", "/"],
    [null, "/"],
  ])("a slip in it is named: %j", (policy, place) => {
    expect(() => limitsOf(policy)).toThrow(expect.objectContaining({ code: "face/policy-wrong", details: { place } }));
  });
});
