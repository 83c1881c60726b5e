import { describe, expect, test } from "@jest/globals";
import { BiometricsError } from "../../../biometrics/errors.ts";
import type { FaceComparer } from "../../../biometrics/face/detector.ts";
import { RevivedDetector } from "../../../booth/capture/revived-detector.ts";

const frame = { width: 1, height: 1, data: new Uint8Array(3) };

/** An engine that dies at its second frame. */
function mortal(): FaceComparer {
  let frames = 0;
  return {
    observe: async () => {
      frames += 1;
      if (frames > 1) throw new BiometricsError("face/engine-failed", { reason: "out of memory" });
      return undefined;
    },
    compare: async () => Promise.reject(new BiometricsError("face/none")),
    assess: async () => Promise.reject(new BiometricsError("image/damaged")),
    close: async () => {},
  };
}

describe("face engine", () => {
  test("that died is opened again: the applicant sees one hiccup and no booth that has to be restarted", async () => {
    let opened = 0;
    let told = 0;
    const detector = await RevivedDetector.open(
      () => {
        told += 1;
      },
      async () => {
        opened += 1;
        return mortal();
      },
    );
    await detector.observe(frame);
    await expect(detector.observe(frame)).rejects.toMatchObject({ code: "face/engine-failed" });
    await expect(detector.observe(frame)).resolves.toBeUndefined();
    expect({ opened, told }).toEqual({ opened: 2, told: 1 });
    // A picture that is at fault is not the engine's death.
    await expect(detector.assess(frame)).rejects.toMatchObject({ code: "image/damaged" });
    expect(opened).toBe(2);
    await detector.close();
  });

  test("is another one after each person, and what is asked meanwhile is answered by that one", async () => {
    const closed: number[] = [];
    let opened = 0;
    const detector = await RevivedDetector.open(
      () => {},
      async () => {
        opened += 1;
        const number = opened;
        return { ...mortal(), close: async () => void closed.push(number) };
      },
    );
    await detector.observe(frame);
    const resting = detector.rest();
    await expect(detector.observe(frame)).resolves.toBeUndefined();
    await resting;
    expect({ opened, closed }).toEqual({ opened: 2, closed: [1] });
    await detector.close();
    await detector.rest();
    expect({ opened, closed }).toEqual({ opened: 2, closed: [1, 2] });
  });
});
