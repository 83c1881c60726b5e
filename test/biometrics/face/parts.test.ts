/** What would be lost: every judgement of what covers a face rests on this file being read right. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { meshIndex, meshPoint } from "../../../biometrics/face/mesh.ts";
import { loadPartsNetwork, parts, partsFile, partsSide } from "../../../biometrics/face/parts-network.ts";
import { readLiteGraph } from "../../../biometrics/face/tflite.ts";
import { toCut } from "../../../biometrics/image/similarity.ts";
import { seededRandom } from "../../../biometrics/synthetic/random.ts";
import { Studio, studioBuilt } from "./studio.ts";

const file = readFileSync(partsFile());

describe("the network's file", () => {
  test("is read whole: every operator's inputs are numbers of the file, the picture, or computed before", () => {
    const { tensors, operators, input, output } = readLiteGraph(file);
    expect(tensors[input]?.shape).toEqual([1, 256, 256, 3]);
    expect(tensors[output]?.shape).toEqual([1, 256, 256, 6]);
    const known = new Set([input, ...tensors.flatMap(({ values }, i) => (values === undefined ? [] : [i]))]);
    for (const { inputs, outputs } of operators) {
      expect(inputs.filter((index) => !known.has(index))).toEqual([]);
      for (const index of outputs) known.add(index);
    }
    expect(known.has(output)).toBe(true);
    for (const { shape, values } of tensors)
      if (values !== undefined) expect(values.length).toBe(shape.reduce((size, side) => size * side, 1));
  });

  test("that is cut off or changed is refused or read, and never hangs", () => {
    const random = seededRandom(11, "tflite");
    for (let round = 0; round < 60; round++) {
      const hostile = Uint8Array.from(file.subarray(0, round % 2 === 0 ? random.index(file.length) : file.length));
      // The tables lie at the end and at the beginning; what is between are weights.
      for (let n = 0; n < 8 && hostile.length > 4096; n++)
        hostile[n % 2 === 0 ? random.index(4096) : hostile.length - 1 - random.index(4096)] = random.index(256);
      try {
        readLiteGraph(hostile);
      } catch (error) {
        expect(String((error as Error).name)).toMatch(/Error$/);
      }
    }
  });

  test("of another kind ends in a coded error", () => {
    const folder = mkdtempSync(join(tmpdir(), "kabina-parts-"));
    try {
      writeFileSync(join(folder, "model"), "no network");
      expect(() => loadPartsNetwork(join(folder, "model"))).toThrow(
        expect.objectContaining({ code: "face/engine-failed" }),
      );
      expect(() => loadPartsNetwork(join(folder, "absent"))).toThrow(
        expect.objectContaining({ code: "face/engine-failed" }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

(studioBuilt ? describe : describe.skip)("on a rendered person", () => {
  let studio: Studio;
  beforeAll(() => {
    studio = new Studio();
  });
  afterAll(() => studio.close());

  test("cheeks are skin, the crown is hair or a cap, the corner is background, a lens is a thing", async () => {
    const labelled = async (scene: Parameters<Studio["look"]>[1]) => {
      const [face] = (await studio.look(8, { width: 640, height: 480, ...scene })).observation.faces;
      const { labels, cut } = face!.parts!;
      const at = (place: { readonly x: number; readonly y: number }) => {
        const { x, y } = toCut(cut, place.x, place.y);
        return labels[Math.round(y) * partsSide + Math.round(x)];
      };
      const middle = (index: number) => meshPoint(face!.mesh, index);
      return {
        cheeks: [at(middle(205)), at(middle(425))],
        crown: at({ x: face!.crown.x, y: face!.crown.y + 0.04 * (face!.chin.y - face!.crown.y) }),
        eye: at(face!.eyes.right),
        chin: at(middle(meshIndex.chin)),
        corner: labels[0],
      };
    };
    const { faceSkin, hair, things, background } = parts;
    expect(await labelled({})).toEqual({
      cheeks: [faceSkin, faceSkin],
      crown: hair,
      eye: faceSkin,
      chin: faceSkin,
      corner: background,
    });
    expect(await labelled({ glasses: "dark" })).toMatchObject({ eye: things, cheeks: [faceSkin, faceSkin] });
    expect((await labelled({ headCovering: 1 })).crown).toBe(things);
  }, 60_000);
});
