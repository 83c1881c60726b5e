/** Walking along a skeleton: crossing numbers, branches, and where they lead. */

/** Offsets to the eight neighbours, clockwise from north. */
export function neighbourOffsets(width: number): readonly number[] {
  return [-width, -width + 1, 1, width + 1, width, width - 1, -1, -width - 1];
}

/** How often the ring of neighbours changes from 0 to 1: 1 = line ends, 2 = line goes through, 3 and more = fork. */
export const CROSSINGS = Uint8Array.from({ length: 256 }, (_, n) => {
  let count = 0;
  for (let i = 0; i < 8; i++) if (((n >> i) & 1) === 0 && ((n >> ((i + 1) & 7)) & 1) === 1) count++;
  return count;
});

export function crossings(skeleton: Uint8Array, i: number, offsets: readonly number[]): number {
  const down = offsets[4]!;
  const ring =
    skeleton[i - down]! |
    (skeleton[i - down + 1]! << 1) |
    (skeleton[i + 1]! << 2) |
    (skeleton[i + down + 1]! << 3) |
    (skeleton[i + down]! << 4) |
    (skeleton[i + down - 1]! << 5) |
    (skeleton[i - 1]! << 6) |
    (skeleton[i - down - 1]! << 7);
  return CROSSINGS[ring]!;
}

/** The skeleton's pixels two and more from the border, in order. */
export function pixelsOf(skeleton: Uint8Array, width: number, height: number): Int32Array {
  // Most of a skeleton is empty: four pixels at a time are passed over.
  const whole = skeleton.byteOffset % 4 === 0 ? skeleton : skeleton.slice();
  const words = new Uint32Array(whole.buffer, whole.byteOffset, whole.length >> 2);
  let pixels = new Int32Array(whole.length >> 3);
  let count = 0;
  const first = 2 * width;
  const end = (height - 2) * width;
  for (let word = first >> 2; word <= end >> 2; word++) {
    if (word < words.length && words[word] === 0) continue;
    for (let i = Math.max(first, 4 * word); i < Math.min(end, 4 * word + 4); i++) {
      const x = i % width;
      if (skeleton[i] === 0 || x < 2 || x >= width - 2) continue;
      if (count === pixels.length) {
        const larger = new Int32Array(2 * count + 8);
        larger.set(pixels);
        pixels = larger;
      }
      pixels[count++] = i;
    }
  }
  return pixels.subarray(0, count);
}

/** A walk along one branch: the pixels after the start, and why it stopped. */
export interface Branch {
  readonly pixels: Int32Array;
  length: number;
  stop: "end" | "fork" | "limit";
}

export function makeBranch(limit: number): Branch {
  return { pixels: new Int32Array(limit), length: 0, stop: "limit" };
}

/** Follows the line from `start` by its neighbour `first` for at most the branch's capacity. */
export function walk(
  skeleton: Uint8Array,
  start: number,
  first: number,
  offsets: readonly number[],
  branch: Branch,
): Branch {
  const { pixels } = branch;
  let previous = start;
  let current = first;
  let length = 0;
  branch.stop = "limit";
  while (length < pixels.length) {
    pixels[length++] = current;
    const turns = crossings(skeleton, current, offsets);
    if (turns >= 3) {
      branch.stop = "fork";
      break;
    }
    let next = -1;
    // A four-connected step is preferred: where a line makes a corner the diagonal is the same line.
    for (let pass = 0; pass < 2 && next < 0; pass++) {
      for (let k = pass; k < 8; k += 2) {
        const j = current + offsets[k]!;
        if (skeleton[j] === 1 && j !== previous && j !== start && !(length > 1 && touches(j, previous, offsets))) {
          next = j;
          break;
        }
      }
    }
    if (next < 0) {
      branch.stop = turns === 1 ? "end" : "limit";
      break;
    }
    previous = current;
    current = next;
  }
  branch.length = length;
  return branch;
}

function touches(a: number, b: number, offsets: readonly number[]): boolean {
  for (let k = 0; k < 8; k += 2) if (a + offsets[k]! === b) return true;
  return false;
}

/** The first pixels of the branches that leave a pixel: one per run of set neighbours. */
export function exits(skeleton: Uint8Array, i: number, offsets: readonly number[], out: number[]): number[] {
  out.length = 0;
  for (let k = 0; k < 8; k++) {
    const here = skeleton[i + offsets[k]!] === 1;
    const before = skeleton[i + offsets[(k + 7) & 7]!] === 1;
    if (!here || before) continue;
    // A run of neighbours is one branch; its four-connected pixel leads on.
    let exit = i + offsets[k]!;
    for (let r = k; r < k + 8 && skeleton[i + offsets[r & 7]!] === 1; r++) {
      if ((r & 1) === 0) exit = i + offsets[r & 7]!;
    }
    out.push(exit);
  }
  return out;
}
