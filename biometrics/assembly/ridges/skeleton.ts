// Repair of a skeleton and the places where its lines end and fork; biometrics/finger/skeleton-repair.ts and minutiae.ts hold the
// same in plain TypeScript and explain it. A skeleton is a byte a pixel, 0 or 1; marks are a bit a pixel, 64 to a word.

/** Why a walk stopped. */
const LIMIT: i32 = 0;
const END: i32 = 1;
const FORK: i32 = 2;

/** Room for one walk's pixels, i32 each. */
const BRANCH: usize = 64;

let skeleton: usize = 0;
let marks: usize = 0;
let branches: usize = 0;
/** To the eight neighbours, i32 each, clockwise from north. */
let offsets: usize = 0;
let width: i32 = 0;
let words: i32 = 0;
/** Of the last walk. */
let length: i32 = 0;
let stop: i32 = 0;

/** The eight neighbours as bits, clockwise from north. */
// @ts-ignore: decorator
@inline
function ringAt(i: i32): u32 {
  const at = skeleton + <usize>i - 1;
  const up = load<u32>(at - <usize>width) & 0x010101;
  const middle = load<u32>(at) & 0x010001;
  const down = load<u32>(at + <usize>width) & 0x010101;
  // Each product brings its row's bytes to their places in bits 16 to 23.
  const bits = up * 0x800102 | middle * 0x400004 | down * 0x201008;
  return (bits >> 16) & 0xff;
}

/** How often the ring changes from 0 to 1. */
// @ts-ignore: decorator
@inline
function crossings(ring: u32): i32 {
  return i32.popcnt(~ring & ((ring >> 1) | (ring << 7)) & 0xff);
}

// @ts-ignore: decorator
@inline
function offset(k: i32): i32 {
  return load<i32>(offsets + (<usize>k << 2));
}

function setOffset(k: usize, right: i32, down: i32): void {
  store<i32>(offsets + (k << 2), down * width + right);
}

/** Marks the pixels where a line may end or fork: all whose ring changes an odd number of times, or four times. */
function markAll(height: i32, bits: usize): void {
  const pitch = <usize>words << 3;
  memory.fill(marks, 0, pitch * <usize>(height + 2));
  memory.fill(bits, 0, pitch * <usize>(height + 2));
  const zero = i8x16.splat(0);
  for (let y: i32 = 0; y < height; y++) {
    const row = bits + <usize>(y + 1) * pitch;
    const from = skeleton + <usize>(y * width);
    for (let x: i32 = 0; x < width; x += 16) {
      let mask = <u32>i8x16.bitmask(i8x16.ne(v128.load(from + <usize>x), zero));
      if (x + 16 > width) mask &= (1 << (width - x)) - 1;
      if (mask != 0) store<u16>(row + (<usize>x >> 3), <u16>mask);
    }
  }
  for (let y: i32 = 2; y < height - 2; y++) {
    const row = bits + <usize>(y + 1) * pitch;
    for (let w: usize = 0; w < pitch; w += 8) {
      const p = load<u64>(row + w);
      if (p == 0) continue;
      const up = row - pitch + w;
      const down = row + pitch + w;
      const inner = w > 0;
      const more = w + 8 < pitch;
      const p0 = load<u64>(up);
      const p4 = load<u64>(down);
      const p1 = (p0 >> 1) | (more ? load<u64>(up + 8) << 63 : 0);
      const p7 = (p0 << 1) | (inner ? load<u64>(up - 8) >> 63 : 0);
      const p2 = (p >> 1) | (more ? load<u64>(row + w + 8) << 63 : 0);
      const p6 = (p << 1) | (inner ? load<u64>(row + w - 8) >> 63 : 0);
      const p3 = (p4 >> 1) | (more ? load<u64>(down + 8) << 63 : 0);
      const p5 = (p4 << 1) | (inner ? load<u64>(down - 8) >> 63 : 0);
      const odd =
        (~p0 & p1) ^ (~p1 & p2) ^ (~p2 & p3) ^ (~p3 & p4) ^ (~p4 & p5) ^ (~p5 & p6) ^ (~p6 & p7) ^ (~p7 & p0);
      const straight = p0 & p2 & p4 & p6 & ~(p1 | p3 | p5 | p7);
      const slanting = p1 & p3 & p5 & p7 & ~(p0 | p2 | p4 | p6);
      store<u64>(marks + <usize>(y + 1) * pitch + w, p & (odd | straight | slanting));
    }
  }
}

/** Takes a pixel away; what lies around may now be an end or a fork. */
function erase(i: i32): void {
  store<u8>(skeleton + <usize>i, 0);
  const y = i / width;
  const x = i - y * width;
  for (let row = y; row < y + 3; row++) {
    for (let column = x - 1; column <= x + 1; column++) {
      const at = marks + <usize>((row * words + (column >> 6)) << 3);
      store<u64>(at, load<u64>(at) | (<u64>1 << (column & 63)));
    }
  }
}

/** The first mark at or after (x, y), two and more from the border, as a pixel; -1 when there is none. */
function nextMark(i: i32, height: i32): i32 {
  let y = i / width;
  let x = i - y * width;
  for (; y < height - 2; y++) {
    const row = marks + (<usize>((y + 1) * words) << 3);
    for (let w = x >> 6; w < words; w++) {
      let word = load<u64>(row + (<usize>w << 3));
      if (w == x >> 6) word &= ~(<u64>0) << (x & 63);
      while (word != 0) {
        const column = (w << 6) + <i32>ctz(word);
        if (column >= width - 2) break;
        if (column >= 2 && load<u8>(skeleton + <usize>(y * width + column)) != 0) return y * width + column;
        word &= word - 1;
      }
    }
    x = 0;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function besides(a: i32, b: i32): bool {
  const off = a - b;
  return off == 1 || off == -1 || off == width || off == -width;
}

/** Follows the line from `start` by its neighbour `first` for at most `most` pixels, written to `into`. */
function walk(start: i32, first: i32, most: i32, into: usize): void {
  let previous = start;
  let current = first;
  let n: i32 = 0;
  stop = LIMIT;
  while (n < most) {
    store<i32>(into + (<usize>n << 2), current);
    n++;
    const ring = ringAt(current);
    const turns = crossings(ring);
    if (turns >= 3) {
      stop = FORK;
      break;
    }
    let next: i32 = -1;
    for (let pass: i32 = 0; pass < 2 && next < 0; pass++) {
      let open = ring & (pass == 0 ? 0x55 : 0xaa);
      for (; open != 0; open &= open - 1) {
        const j = current + offset(<i32>ctz(open));
        if (j == previous || j == start || (n > 1 && besides(j, previous))) continue;
        next = j;
        break;
      }
    }
    if (next < 0) {
      if (turns == 1) stop = END;
      break;
    }
    previous = current;
    current = next;
  }
  length = n;
}

/** The first pixels of the branches that leave a pixel, at most four, written to `into`; returns how many. */
function exits(i: i32, ring: u32, into: usize): i32 {
  let count: i32 = 0;
  let begins = ring & ~((ring << 1) | (ring >> 7)) & 0xff;
  for (; begins != 0; begins &= begins - 1) {
    const k = <i32>ctz(begins);
    let exit = k;
    // A run of neighbours is one branch; its last four-connected pixel leads on.
    for (let r = k; r < k + 8 && ((ring >> (r & 7)) & 1) != 0; r++) if ((r & 1) == 0) exit = r & 7;
    store<i32>(into + (<usize>count << 2), i + offset(exit));
    count++;
  }
  return count;
}

// @ts-ignore: decorator
@inline
function pixel(branch: usize, k: i32): i32 {
  return load<i32>(branch + (<usize>k << 2));
}

function near(a: i32, b: i32): bool {
  const ya = a / width;
  const yb = b / width;
  return abs(a - ya * width - (b - yb * width)) <= 1 && abs(ya - yb) <= 1;
}

/** room: two bit pictures with a row above and below each, then 1,024 bytes. */
function open(at: usize, wide: i32, height: i32, room: usize): void {
  skeleton = at;
  width = wide;
  words = (wide + 63) >> 6;
  const size = <usize>(words * (height + 2)) << 3;
  marks = room;
  branches = room + 2 * size;
  offsets = branches + 8 * BRANCH;
  setOffset(0, 0, -1);
  setOffset(1, 1, -1);
  setOffset(2, 1, 0);
  setOffset(3, 1, 1);
  setOffset(4, 0, 1);
  setOffset(5, -1, 1);
  setOffset(6, -1, 0);
  setOffset(7, -1, -1);
  markAll(height, room + size);
}

/** Erases spurs, islands, lakes and bridges in place. */
export function repair(
  at: usize,
  wide: i32,
  height: i32,
  room: usize,
  spur: i32,
  island: i32,
  lake: i32,
  bridge: i32,
): void {
  open(at, wide, height, room);
  const longest = max(spur, island) + 1;
  for (let pass: i32 = 0; pass < 2; pass++) {
    for (let i = nextMark(2 * wide, height); i >= 0; i = nextMark(i + 1, height)) {
      const ring = ringAt(i);
      if (crossings(ring) != 1) continue;
      exits(i, ring, branches);
      const branch = branches + BRANCH;
      walk(i, load<i32>(branches), longest, branch);
      if (stop == END && length < island) {
        erase(i);
        for (let k: i32 = 0; k < length; k++) erase(pixel(branch, k));
      } else if (stop == FORK && length < spur) {
        erase(i);
        for (let k: i32 = 0; k < length - 1; k++) erase(pixel(branch, k));
      }
    }
    eraseLoops(height, lake, bridge);
  }
}

function eraseLoops(height: i32, lake: i32, bridge: i32): void {
  const ends = branches + 4 * BRANCH;
  for (let i = nextMark(2 * width, height); i >= 0; i = nextMark(i + 1, height)) {
    const ring = ringAt(i);
    if (crossings(ring) < 3) continue;
    const walked = min(3, exits(i, ring, branches));
    // Of each branch: how long, and the fork it ends in or -1; i32 each.
    for (let k: i32 = 0; k < walked; k++) {
      const branch = branches + <usize>(k + 1) * BRANCH;
      walk(i, pixel(branches, k), lake, branch);
      store<i32>(ends + (<usize>k << 3), length);
      store<i32>(ends + (<usize>k << 3), stop == FORK ? pixel(branch, length - 1) : -1, 4);
    }
    for (let k: i32 = 0; k < walked; k++) {
      const long = load<i32>(ends + (<usize>k << 3));
      const target = load<i32>(ends + (<usize>k << 3), 4);
      if (target < 0 || long < 2) continue;
      let twice = false;
      for (let other: i32 = 0; other < walked; other++) {
        const its = load<i32>(ends + (<usize>other << 3), 4);
        if (other != k && its >= 0 && near(its, target)) twice = true;
      }
      if (!twice && long >= bridge) continue;
      for (let n: i32 = 0; n < long - 1; n++) erase(pixel(branches + <usize>(k + 1) * BRANCH, n));
      break;
    }
  }
}

/**
 * Ends and forks in cells that are `inside` (a byte a cell), whose branches are at least `least` pixels long in `most`. Each is written as
 * five i32: pixel, number of branches, the pixel each leads to within `most`. Returns how many, at most `room` of them.
 */
export function endsAndForks(
  at: usize,
  wide: i32,
  height: i32,
  room: usize,
  inside: usize,
  cell: i32,
  columns: i32,
  most: i32,
  least: i32,
  out: usize,
  capacity: i32,
): i32 {
  open(at, wide, height, room);
  let found: i32 = 0;
  for (let i = nextMark(2 * wide, height); i >= 0 && found < capacity; i = nextMark(i + 1, height)) {
    const ring = ringAt(i);
    const turns = crossings(ring);
    if (turns != 1 && turns != 3) continue;
    const y = i / wide;
    if (load<u8>(inside + <usize>((y / cell) * columns + (i - y * wide) / cell)) == 0) continue;
    const count = exits(i, ring, branches);
    const record = out + <usize>found * 20;
    let long: i32 = 0;
    for (let k: i32 = 0; k < count; k++) {
      walk(i, pixel(branches, k), most, branches + BRANCH);
      if (length < least) continue;
      store<i32>(record + (<usize>long << 2), pixel(branches + BRANCH, length - 1), 8);
      long++;
    }
    if (long != turns) continue;
    store<i32>(record, i);
    store<i32>(record, turns, 4);
    found++;
  }
  return found;
}
