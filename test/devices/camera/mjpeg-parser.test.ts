/** If the parser failed, a torn or hostile camera stream could crash the booth, eat its memory, or show one person's half picture. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import { type DropReason, type MjpegFrame, MjpegParser } from "../../../devices/camera/mjpeg-parser.ts";
import { joined, picture } from "../pictures.ts";

const MAX_FRAME = 200_000;

function parse(stream: Uint8Array, cuts: readonly number[] = [], maxFrameBytes = MAX_FRAME) {
  const frames: MjpegFrame[] = [];
  const drops: DropReason[] = [];
  let mostPending = 0;
  const parser = new MjpegParser({
    maxFrameBytes,
    maxSide: 4096,
    onFrame: (frame) => frames.push(frame),
    onDrop: (reason) => drops.push(reason),
  });
  const bounds = [0, ...[...cuts].map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  for (let i = 1; i < bounds.length; i += 1) {
    parser.push(stream.subarray(bounds[i - 1], bounds[i]));
    mostPending = Math.max(mostPending, parser.pendingBytes);
  }
  return { frames, drops, mostPending };
}

let pictures: Uint8Array[];
let progressive: Uint8Array;
let withThumbnail: Uint8Array;

beforeAll(async () => {
  pictures = await Promise.all([1, 2, 3].map((number) => picture(number)));
  progressive = new Uint8Array(await sharp(pictures[0]!).jpeg({ progressive: true }).toBuffer());
  const [first, second] = [pictures[0]!, pictures[1]!];
  // An APP1 segment that holds a whole JPEG, as the thumbnails of cameras do.
  const size = second.length + 2;
  const segment = joined(Uint8Array.of(0xff, 0xe1, size >> 8, size & 0xff), second);
  withThumbnail = joined(first.subarray(0, 2), segment, first.subarray(2));
});

const plain = (frames: readonly MjpegFrame[]) => frames.map(({ jpeg }) => Buffer.from(jpeg).toString("base64"));

describe("cutting a camera's stream into frames", () => {
  test("gives each picture whole, with its size, however the stream is cut", () => {
    const stream = joined(...pictures, progressive);
    const expected = plain([...pictures, progressive].map((jpeg) => ({ jpeg, width: 0, height: 0 })));
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
        const { frames, drops } = parse(stream, cuts);
        expect(plain(frames)).toEqual(expected);
        expect(frames.every(({ width, height }) => width === 320 && height === 240)).toBe(true);
        expect(drops).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(plain(parse(stream, [...stream.keys()].slice(0, 9000)).frames)).toEqual(expected);
  });

  test("a camera that leaves the Huffman tables out: the picture carries them again, and shows the same", async () => {
    const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
    const create = { width: 96, height: 64, channels: 3 as const, background: "#888", noise };
    const whole = new Uint8Array(await sharp({ create }).jpeg({ optimiseCoding: false }).toBuffer());
    const bare = withoutSegments(whole, 0xc4);
    expect(bare.length).toBeLessThan(whole.length);
    const { frames } = parse(joined(bare, whole));
    const pixels = (jpeg: Uint8Array) => sharp(jpeg).raw().toBuffer();
    expect(withoutSegments(frames[0]!.jpeg, 0xc4)).toEqual(bare);
    expect(frames[0]!.jpeg.length).toBe(bare.length + 420);
    expect((await pixels(frames[0]!.jpeg)).equals(await pixels(whole))).toBe(true);
    expect(plain(frames.slice(1))).toEqual(plain([{ jpeg: whole, width: 0, height: 0 }]));
  });

  test("does not take a thumbnail for the picture", () => {
    expect(plain(parse(joined(withThumbnail, pictures[2]!)).frames)).toEqual(
      plain([withThumbnail, pictures[2]!].map((jpeg) => ({ jpeg, width: 0, height: 0 }))),
    );
  });

  test("goes on after garbage, a torn frame and a flipped byte: the last whole picture always comes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (garbage, at, value, cuts) => {
          const hurt = pictures[0]!.slice();
          hurt[at % hurt.length] = value;
          const torn = pictures[1]!.subarray(0, at % pictures[1]!.length);
          // 64 KiB of quiet end the longest segment that broken bytes can announce.
          const quiet = new Uint8Array(70_000);
          const { frames, mostPending } = parse(joined(garbage, hurt, torn, quiet, pictures[2]!), cuts);
          expect(Buffer.from(frames.at(-1)!.jpeg).equals(pictures[2]!)).toBe(true);
          expect(mostPending).toBeLessThanOrEqual(MAX_FRAME);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("never crashes on arbitrary bytes rich in markers, and never holds more than one frame may have", () => {
    const markerRich = fc.array(
      fc.oneof(
        fc.constantFrom(
          [0xff, 0xd8],
          [0xff, 0xd9],
          [0xff, 0xda, 0, 2],
          [0xff, 0xc0, 0, 11, 8, 0, 9, 0, 9],
          [0xff, 0xe0, 0xff, 0xff],
          [0xff, 0xff],
          [0xff, 0],
        ),
        fc.array(fc.nat({ max: 255 }), { maxLength: 30 }),
      ),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(markerRich, fc.array(fc.nat(), { maxLength: 8 }), (parts, cuts) => {
        const limit = 500;
        const { frames, mostPending } = parse(Uint8Array.from(parts.flat()), cuts, limit);
        expect(mostPending).toBeLessThanOrEqual(limit);
        for (const { jpeg } of frames) expect(jpeg.length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 400 },
    );
  });

  test("drops a frame that never ends, says so, and takes the next one", () => {
    const endless = joined(pictures[0]!.subarray(0, -2), new Uint8Array(MAX_FRAME * 3));
    const { frames, drops, mostPending } = parse(joined(endless, pictures[1]!));
    expect(drops).toContain("too-large");
    expect(plain(frames)).toEqual(plain([{ jpeg: pictures[1]!, width: 0, height: 0 }]));
    expect(mostPending).toBeLessThanOrEqual(MAX_FRAME);
  });

  test("refuses a picture that claims to be enormous before anything decodes it", () => {
    const lying = pictures[0]!.slice();
    const sof = lying.findIndex((byte, at) => byte === 0xff && lying[at + 1] === 0xc0);
    lying.set([0xff, 0xff, 0xff, 0xff], sof + 5);
    const { frames, drops } = parse(joined(lying, pictures[1]!));
    expect(drops).toContain("too-large");
    expect(frames).toHaveLength(1);
  });
});

/** The JPEG without its segments of one kind, up to its first scan. */
function withoutSegments(jpeg: Uint8Array, marker: number): Uint8Array {
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!);
    if (jpeg[at + 1] !== marker) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  return joined(...kept, jpeg.subarray(at));
}
