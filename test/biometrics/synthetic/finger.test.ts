import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { extractTemplate } from "../../../biometrics/finger/finger.ts";
import { makeFinger } from "../../../biometrics/synthetic/finger.ts";
import { makeImpression } from "../../../biometrics/synthetic/finger-impression.ts";

describe("synthetic fingers", () => {
  const master = makeFinger(42, "left-ring");

  test("one seed is one finger, for ever: else a recorded demonstration could not be replayed", () => {
    expect(Buffer.compare(Buffer.from(makeFinger(42, "left-ring").wave.buffer), Buffer.from(master.wave.buffer))).toBe(
      0,
    );
    const hash = (seed: number) =>
      createHash("sha256").update(makeImpression(master, { seed }).image.data).digest("hex");
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });

  test("have about as many minutiae as people's fingers", () => {
    expect(master.minutiae.length).toBeGreaterThan(40);
    expect(master.minutiae.length).toBeLessThan(160);
  });

  test("an impression's truth is where its minutiae are: the extractor finds most of them there", () => {
    const impression = makeImpression(master, { seed: 4, rotation: 15, noise: 0.1 });
    const template = extractTemplate(impression.image);
    const found = template.minutiae;
    const inner = impression.minutiae.filter((m) => m.x > 60 && m.x < 340 && m.y > 70 && m.y < 430);
    const near = inner.filter((m) => found.some((f) => Math.hypot(f.x - m.x, f.y - m.y) < 10));
    expect(near.length / inner.length).toBeGreaterThan(0.7);
    const straight = inner.filter((m) =>
      found.some((f) => Math.hypot(f.x - m.x, f.y - m.y) < 10 && Math.cos(f.direction - m.direction) > 0.85),
    );
    expect(straight.length / near.length).toBeGreaterThan(0.8);
  });

  test("cores and deltas are found where the flow was given them", () => {
    const upright = makeImpression(master, { seed: 4, distortion: 0, noise: 0.1, pressure: 0.5 });
    const { singularPoints } = extractTemplate(upright.image);
    const at = (p: { x: number; y: number }) => ({
      x: p.x + 200 - master.width / 2,
      y: p.y + 250 - master.height * 0.47,
    });
    const cores = singularPoints.filter((p) => p.kind === "core");
    expect(cores.length).toBeGreaterThan(0);
    for (const core of cores) {
      const nearest = Math.min(...master.cores.map((c) => Math.hypot(at(c).x - core.x, at(c).y - core.y)));
      expect(nearest).toBeLessThan(32);
    }
  });
});
