// Ridges as bits, thinned to lines; biometrics/finger/skeleton.ts holds the plain form.

/** One bit a pixel, 64 to a word, the first in the lowest bit: 1 where the value is below 0. One empty row lies above and below. */
export function ridgeBits(value: usize, width: i32, height: i32, words: i32, bits: usize): void {
  memory.fill(bits, 0, <usize>(words * (height + 2)) << 3);
  const zero = f32x4.splat(0);
  // The picture's outermost pixels stay empty.
  for (let y: i32 = 1; y < height - 1; y++) {
    const row = bits + (<usize>((y + 1) * words) << 3);
    const from = value + (<usize>(y * width) << 2);
    for (let x: i32 = 0; x < width; x += 4) {
      const mask = i32x4.bitmask(f32x4.lt(v128.load(from + (<usize>x << 2)), zero));
      if (mask == 0) continue;
      const at = row + (<usize>(x >> 6) << 3);
      store<u64>(at, load<u64>(at) | (<u64>mask << (x & 63)));
    }
    store<u64>(row, load<u64>(row) & ~(<u64>1));
    const lastWord = row + (<usize>((width - 1) >> 6) << 3);
    store<u64>(lastWord, load<u64>(lastWord) & ((<u64>1 << ((width - 1) & 63)) - 1));
  }
}

/**
 * Thinning (Guo and Hall 1989), 64 pixels at once; `above` has room for two rows, `changes` for an i32 a row and two more: the
 * half-pass that changed it last.
 */
export function thin(bits: usize, words: i32, height: i32, above: usize, changes: usize): void {
  for (let y: i32 = 0; y < height + 2; y++) store<i32>(changes + (<usize>y << 2), 0);
  let changed = true;
  for (let pass: i32 = 0; changed; pass += 2) {
    changed = halfPass(bits, words, height, above, changes, pass, true);
    if (halfPass(bits, words, height, above, changes, pass + 1, false)) changed = true;
  }
}

function halfPass(bits: usize, words: i32, height: i32, above: usize, changes: usize, pass: i32, first: bool): bool {
  const pitch = <usize>words << 3;
  let old = bits;
  let kept = above;
  let changed = false;
  for (let y: i32 = 1; y <= height; y++) {
    const row = bits + <usize>y * pitch;
    // Nothing can go where nothing around has changed since the last half-pass of this kind.
    const change = changes + (<usize>y << 2);
    if (max(load<i32>(change), max(load<i32>(change - 4), load<i32>(change + 4))) < pass - 2) {
      old = row;
      continue;
    }
    kept = old == above ? above + pitch : above;
    for (let w: usize = 0; w < pitch; w += 8) store<u64>(kept + w, load<u64>(row + w));
    for (let w: usize = 0; w < pitch; w += 8) {
      const p = load<u64>(kept + w);
      if (p == 0) continue;
      const inner = w > 0;
      const more = w + 8 < pitch;
      const up = load<u64>(old + w);
      const down = load<u64>(row + pitch + w);
      const p0 = up;
      const p4 = down;
      const p1 = (up >> 1) | (more ? load<u64>(old + w + 8) << 63 : 0);
      const p7 = (up << 1) | (inner ? load<u64>(old + w - 8) >> 63 : 0);
      const p2 = (p >> 1) | (more ? load<u64>(kept + w + 8) << 63 : 0);
      const p6 = (p << 1) | (inner ? load<u64>(kept + w - 8) >> 63 : 0);
      const p3 = (down >> 1) | (more ? load<u64>(row + pitch + w + 8) << 63 : 0);
      const p5 = (down << 1) | (inner ? load<u64>(row + pitch + w - 8) >> 63 : 0);
      const a = p0 | p1;
      const b = p1 | p2;
      const c = p2 | p3;
      const d = p3 | p4;
      const e = p4 | p5;
      const f = p5 | p6;
      const g = p6 | p7;
      const h = p7 | p0;
      const c0 = ~p0 & b;
      const c1 = ~p2 & d;
      const c2 = ~p4 & f;
      const c3 = ~p6 & h;
      const oneCrossing = (c0 ^ c1 ^ c2 ^ c3) & ~((c0 & c1) | (c2 & c3));
      const twoOfOne = (h & b) | (d & f) | ((h | b) & (d | f));
      const twoOfTwo = (a & c) | (e & g) | ((a | c) & (e | g));
      const four = h & b & d & f & (a & c & e & g);
      const blocked = first ? (p0 | p1 | ~p3) & p2 : (p4 | p5 | ~p7) & p6;
      const doomed = p & oneCrossing & twoOfOne & twoOfTwo & ~four & ~blocked;
      if (doomed == 0) continue;
      store<u64>(row + w, p & ~doomed);
      store<i32>(change, pass);
      changed = true;
    }
    old = kept;
  }
  return changed;
}

/** One byte a pixel again. */
export function ridgeBytes(bits: usize, words: i32, width: i32, height: i32, out: usize): void {
  memory.fill(out, 0, <usize>(width * height));
  for (let y: i32 = 0; y < height; y++) {
    const row = bits + (<usize>((y + 1) * words) << 3);
    for (let w: i32 = 0; w < words; w++) {
      let word = load<u64>(row + (<usize>w << 3));
      while (word != 0) {
        store<u8>(out + <usize>(y * width + (w << 6) + <i32>ctz(word)), 1);
        word &= word - 1;
      }
    }
  }
}
