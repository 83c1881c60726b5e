/**
 * Finds hands: the detector of @vladmandic/human (MIT; Victor Dibia's handtrack, MIT). Asked only where bare skin reaches into the face,
 * because it takes necks for hands now and then.
 */
import { reshape, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { Box, RgbImage } from "../image/image.ts";
import { sampleCut } from "../image/sample-cut.ts";
import type { Similarity } from "../image/similarity.ts";
import type { GraphNetwork } from "./models.ts";

/** Side of what the network is shown. */
export const handSide = 320;
/** Of the network's seven kinds, the one that is a face. */
const faceKind = 4;
const kinds = 7;
/** The pictures of a batch, −1…1, after the loop that makes them so one by one: the graph is entered behind it, for loops cannot be waited for. */
const input = "StatefulPartitionedCall/map/TensorArrayV2Stack/TensorListStack";
const outputs = ["StatefulPartitionedCall/Postprocessor/Slice", "StatefulPartitionedCall/Postprocessor/ExpandDims_1"];

export interface Hand {
  /** In shares of the cut-out's side. */
  readonly box: Box;
  /** 0…1. */
  readonly confidence: number;
}

/** Every box that is more likely a hand than `least`; several may be of one hand. */
export function findHands(image: RgbImage, cut: Similarity, network: GraphNetwork, least: number): readonly Hand[] {
  const pixels = sampleCut(image, cut, handSide, handSide);
  const [scores, boxes] = tidy(() => {
    for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i]! / 127.5 - 1;
    const batch = tensor(pixels, [1, handSide, handSide, 3]);
    return (network.execute({ [input]: batch }, outputs) as Tensor[]).map((output) => reshape(output, [-1]));
  }) as [Tensor, Tensor];
  const score = scores.dataSync();
  const box = boxes.dataSync();
  scores.dispose();
  boxes.dispose();
  const hands: Hand[] = [];
  for (let i = 0; i * kinds < score.length; i++) {
    let confidence = 0;
    for (let kind = 0; kind < kinds; kind++)
      if (kind !== faceKind) confidence = Math.max(confidence, score[i * kinds + kind]!);
    if (confidence < least) continue;
    const [top, left, bottom, right] = box.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
    hands.push({ box: { x: left, y: top, width: right - left, height: bottom - top }, confidence });
  }
  return hands;
}
