// The passes over whole pictures and cell grids before minutiae are sought, in AssemblyScript with SIMD. biometrics/finger/ holds the
// same in plain TypeScript (normalise.ts, orientation.ts, ridge-map.ts, skeleton.ts); tests hold one against the other.
// Build: node biometrics/assembly/build.mjs

/**
 * Local normalisation. sums, squares: i32 a column; across, acrossSquares: i32 a pixel of one row, padded by four; parts: f32
 * a column, 1 / columns of the window there. value: f32 a pixel; deviation: f32 a pixel of one row of cells, kept for rows at
 * `centre` of each cell.
 */
export function normalise(
  data: usize,
  width: i32,
  height: i32,
  radius: i32,
  cell: i32,
  columns: i32,
  sums: usize,
  squares: usize,
  across: usize,
  acrossSquares: usize,
  parts: usize,
  value: usize,
  deviation: usize,
  floor: f32,
  clip: f32,
): void {
  const wide = (width + 7) & ~7;
  memory.fill(sums, 0, <usize>wide << 2);
  memory.fill(squares, 0, <usize>wide << 2);
  for (let y: i32 = 0; y < min(radius, height); y++) addRow(data + <usize>(y * width), wide, sums, squares, true);
  const rest: i32 = radius < width ? radius : width;
  const floors = f32x4.splat(floor);
  const most = f32x4.splat(clip);
  const least = f32x4.splat(-clip);
  const zero = f32x4.splat(0);
  const half = cell >> 1;
  const rows = (height + cell - 1) / cell;
  for (let y: i32 = 0; y < height; y++) {
    if (y + radius < height) addRow(data + <usize>((y + radius) * width), wide, sums, squares, true);
    if (y > radius) addRow(data + <usize>((y - radius - 1) * width), wide, sums, squares, false);
    let sum: i32 = 0;
    let square: i32 = 0;
    for (let x: i32 = 0; x < rest; x++) {
      sum += load<i32>(sums + (<usize>x << 2));
      square += load<i32>(squares + (<usize>x << 2));
    }
    for (let x: i32 = 0; x < width; x++) {
      if (x + radius < width) {
        sum += load<i32>(sums + (<usize>(x + radius) << 2));
        square += load<i32>(squares + (<usize>(x + radius) << 2));
      }
      if (x > radius) {
        sum -= load<i32>(sums + (<usize>(x - radius - 1) << 2));
        square -= load<i32>(squares + (<usize>(x - radius - 1) << 2));
      }
      store<i32>(across + (<usize>x << 2), sum);
      store<i32>(acrossSquares + (<usize>x << 2), square);
    }
    const tall = min(y + radius, height - 1) - max(y - radius, 0) + 1;
    const part = f32x4.splat(1 / <f32>tall);
    const row = data + <usize>(y * width);
    const out = value + (<usize>(y * width) << 2);
    for (let x: usize = 0; x < <usize>width; x += 4) {
      const at = x << 2;
      const share = f32x4.mul(part, v128.load(parts + at));
      const mean = f32x4.mul(f32x4.convert_i32x4_s(v128.load(across + at)), share);
      const second = f32x4.mul(f32x4.convert_i32x4_s(v128.load(acrossSquares + at)), share);
      const spread = f32x4.sqrt(f32x4.max(zero, f32x4.sub(second, f32x4.mul(mean, mean))));
      const grey = f32x4.convert_i32x4_u(
        i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(row + x))),
      );
      const v = f32x4.div(f32x4.sub(grey, mean), f32x4.max(spread, floors));
      v128.store(out + at, f32x4.min(most, f32x4.max(least, v)));
      v128.store(across + at, spread);
    }
    // The deviation is kept in the middle of each cell; at the picture's edge in its last row and column.
    const cellRow = y / cell;
    if (y == min(height - 1, cellRow * cell + half) && cellRow < rows) {
      for (let c: i32 = 0; c < columns; c++) {
        const x = min(width - 1, c * cell + half);
        store<f32>(deviation + (<usize>(cellRow * columns + c) << 2), load<f32>(across + (<usize>x << 2)));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addRow(row: usize, wide: i32, sums: usize, squares: usize, add: bool): void {
  for (let x: usize = 0; x < <usize>wide; x += 8) {
    const grey = v128.load8x8_u(row + x);
    const low = i32x4.extend_low_i16x8_u(grey);
    const high = i32x4.extend_high_i16x8_u(grey);
    const lowSquare = i32x4.extmul_low_i16x8_u(grey, grey);
    const highSquare = i32x4.extmul_high_i16x8_u(grey, grey);
    const s = sums + (x << 2);
    const q = squares + (x << 2);
    if (add) {
      v128.store(s, i32x4.add(v128.load(s), low));
      v128.store(s + 16, i32x4.add(v128.load(s + 16), high));
      v128.store(q, i32x4.add(v128.load(q), lowSquare));
      v128.store(q + 16, i32x4.add(v128.load(q + 16), highSquare));
    } else {
      v128.store(s, i32x4.sub(v128.load(s), low));
      v128.store(s + 16, i32x4.sub(v128.load(s + 16), high));
      v128.store(q, i32x4.sub(v128.load(q), lowSquare));
      v128.store(q + 16, i32x4.sub(v128.load(q + 16), highSquare));
    }
  }
}

/** The picture at half size, each pixel the mean of four. */
export function halve(value: usize, width: i32, height: i32, out: usize): void {
  const w = width >> 1;
  const h = height >> 1;
  const quarter = f32x4.splat(0.25);
  for (let y: i32 = 0; y < h; y++) {
    const top = value + (<usize>(2 * y * width) << 2);
    const below = top + (<usize>width << 2);
    const o = out + (<usize>(y * w) << 2);
    let x: usize = 0;
    for (; x + 4 <= <usize>w; x += 4) {
      const a = f32x4.add(v128.load(top + (x << 3)), v128.load(below + (x << 3)));
      const b = f32x4.add(v128.load(top + (x << 3) + 16), v128.load(below + (x << 3) + 16));
      const even = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
      const odd = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
      v128.store(o + (x << 2), f32x4.mul(quarter, f32x4.add(even, odd)));
    }
    for (; x < <usize>w; x++) {
      const at = x << 3;
      const sum = load<f32>(top + at) + load<f32>(below + at) + (load<f32>(top + at + 4) + load<f32>(below + at + 4));
      store<f32>(o + (x << 2), 0.25 * sum);
    }
  }
}

/** Sums of the structure tensor over cells of 8 or 4 pixels. */
export function tensor(
  value: usize,
  width: i32,
  height: i32,
  cell: i32,
  columns: i32,
  difference: usize,
  cross: usize,
  energy: usize,
): void {
  const pitch = <usize>width << 2;
  const quarter = f32x4.splat(0.25);
  const half = f32x4.splat(0.5);
  const lanes = i32x4(0, 1, 2, 3);
  const last = i32x4.splat(width - 1);
  const first = i32x4.splat(1);
  const rows = (height + cell - 1) / cell;
  for (let row: i32 = 0; row < rows; row++) {
    const from = max(1, row * cell);
    const to = min(height - 1, (row + 1) * cell);
    for (let column: i32 = 0; column < columns; column++) {
      let d = f32x4.splat(0);
      let c = f32x4.splat(0);
      let e = f32x4.splat(0);
      for (let x: i32 = column * cell; x < min((column + 1) * cell, width - 1); x += 4) {
        const places = i32x4.add(i32x4.splat(x), lanes);
        const inside = v128.and(i32x4.ge_s(places, first), i32x4.lt_s(places, last));
        for (let y: i32 = from; y < to; y++) {
          const at = value + (<usize>(y * width + x) << 2);
          const nw = v128.load(at - pitch - 4);
          const n = v128.load(at - pitch);
          const ne = v128.load(at - pitch + 4);
          const sw = v128.load(at + pitch - 4);
          const s = v128.load(at + pitch);
          const se = v128.load(at + pitch + 4);
          const down = f32x4.sub(se, nw);
          const up = f32x4.sub(ne, sw);
          const gx = f32x4.add(
            f32x4.mul(f32x4.add(down, up), quarter),
            f32x4.mul(f32x4.sub(v128.load(at + 4), v128.load(at - 4)), half),
          );
          const gy = f32x4.add(f32x4.mul(f32x4.sub(down, up), quarter), f32x4.mul(f32x4.sub(s, n), half));
          const x2 = v128.and(f32x4.mul(gx, gx), inside);
          const y2 = v128.and(f32x4.mul(gy, gy), inside);
          const xy = v128.and(f32x4.mul(gx, gy), inside);
          d = f32x4.add(d, f32x4.sub(x2, y2));
          c = f32x4.add(c, xy);
          e = f32x4.add(e, f32x4.add(x2, y2));
        }
      }
      const o = <usize>(row * columns + column) << 2;
      store<f32>(difference + o, total(d));
      store<f32>(cross + o, 2 * total(c));
      store<f32>(energy + o, total(e));
    }
  }
}

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * Gaussian smoothing of a grid. kernel: f32, 2 · radius + 1 of them; line: room for columns + 2 · radius + 8 floats; across: a grid;
 * partX, partY: f32 a column and a row, 1 / the kernel's weight inside the grid there.
 */
export function smooth(
  source: usize,
  columns: i32,
  rows: i32,
  kernel: usize,
  radius: i32,
  partX: usize,
  partY: usize,
  line: usize,
  across: usize,
  out: usize,
): void {
  const taps = <usize>(2 * radius + 1) << 2;
  const bytes = <usize>columns << 2;
  const wide = <usize>((columns + 3) & ~3) << 2;
  memory.fill(line, 0, bytes + (<usize>(2 * radius + 8) << 2));
  for (let row: i32 = 0; row < rows; row++) {
    memory.copy(line + (<usize>radius << 2), source + <usize>row * bytes, bytes);
    const o = across + <usize>row * wide;
    for (let c: usize = 0; c < wide; c += 16) {
      let sum = f32x4.splat(0);
      for (let t: usize = 0; t < taps; t += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(kernel + t), v128.load(line + c + t)));
      }
      v128.store(o + c, f32x4.mul(sum, v128.load(partX + c)));
    }
  }
  for (let row: i32 = 0; row < rows; row++) {
    const from = max(0, row - radius);
    const to = min(rows - 1, row + radius);
    const part = v128.load32_splat(partY + (<usize>row << 2));
    const first = kernel + (<usize>(from + radius - row) << 2);
    for (let c: usize = 0; c < wide; c += 16) {
      let sum = f32x4.splat(0);
      let t = first;
      for (let at = across + <usize>from * wide + c; at <= across + <usize>to * wide + c; at += wide, t += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(t), v128.load(at)));
      }
      v128.store(line + c, f32x4.mul(sum, part));
    }
    memory.copy(out + <usize>row * bytes, line, bytes);
  }
}

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
