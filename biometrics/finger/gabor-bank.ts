/** Gabor kernels: even waves of a direction and a period under a bell. */

/** Kernels packed one after another, [period][angle]; only taps within the circle, row by row. */
export interface KernelBank {
  readonly radius: number;
  /** For each row: its first tap's column and how many taps it has. */
  readonly rows: Int32Array;
  readonly tapsPerKernel: number;
  readonly taps: Float32Array;
}

/** One kernel: period and spreads in pixels, ridge angle in image coordinates. */
export interface Wave {
  readonly period: number;
  readonly angle: number;
  readonly sigmaAcross: number;
  readonly sigmaAlong: number;
}

/** Packs the kernels of these waves, each cut to a circle. */
export function kernelBank(radius: number, waves: readonly Wave[]): KernelBank {
  const rows = new Int32Array(2 * (2 * radius + 1));
  const offsets: { x: number; y: number }[] = [];
  for (let y = -radius; y <= radius; y++) {
    const half = Math.min(radius, Math.floor(Math.sqrt((radius + 0.5) ** 2 - y * y)));
    rows[2 * (y + radius)] = radius - half;
    rows[2 * (y + radius) + 1] = 2 * half + 1;
    for (let x = -half; x <= half; x++) offsets.push({ x, y });
  }
  const taps = new Float32Array(waves.length * offsets.length);
  for (const [k, wave] of waves.entries()) taps.set(gaborTaps(wave, offsets), k * offsets.length);
  return { radius, rows, tapsPerKernel: offsets.length, taps };
}

/** Taps at the offsets: even, without response to flat grey, unit gain for the kernel's own wave. */
export function gaborTaps(
  { period, angle, sigmaAcross, sigmaAlong }: Wave,
  offsets: readonly { x: number; y: number }[],
): Float64Array {
  const taps = new Float64Array(offsets.length);
  const envelope = new Float64Array(offsets.length);
  const wave = new Float64Array(offsets.length);
  let sum = 0;
  let weight = 0;
  offsets.forEach(({ x, y }, i) => {
    const along = x * Math.cos(angle) + y * Math.sin(angle);
    const across = y * Math.cos(angle) - x * Math.sin(angle);
    envelope[i] = Math.exp(-0.5 * ((across / sigmaAcross) ** 2 + (along / sigmaAlong) ** 2));
    wave[i] = Math.cos((2 * Math.PI * across) / period);
    taps[i] = envelope[i]! * wave[i]!;
    sum += taps[i]!;
    weight += envelope[i]!;
  });
  let gain = 0;
  for (let i = 0; i < taps.length; i++) {
    taps[i]! -= (envelope[i]! * sum) / weight;
    gain += taps[i]! * wave[i]!;
  }
  return taps.map((tap) => tap / gain);
}
