/** Width and height out of a JPEG's frame header (ITU-T T.81 §B.2.2); zeros, which a face record reads as "unspecified", when there is none. */
export function jpegSize(data: Uint8Array): { width: number; height: number } {
  const two = (at: number) => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  let at = 2;
  while (at + 9 < data.length && data[at] === 0xff) {
    const marker = data[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: two(at + 5), width: two(at + 7) };
    at += 2 + two(at + 2);
  }
  return { width: 0, height: 0 };
}
