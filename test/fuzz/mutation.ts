/** Changes inputs as broken files and hostile senders do; the same seed gives the same changes. */

/** Numbers at which lengths and signs turn. */
const TURNING = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff];
const MOST_CHANGES = 5;
const LONGEST_PIECE = 48;

export class Mutator {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed, 2_654_435_761) | 1;
  }

  /** xorshift32. */
  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  /** One to five changes: bits, bytes, numbers, pieces cut out, repeated, or taken from another input. */
  mutate(input: Uint8Array, other: Uint8Array): Uint8Array {
    let bytes: Uint8Array = Uint8Array.from(input);
    for (let times = 1 + this.below(MOST_CHANGES); times > 0; times--) bytes = this.change(bytes, other);
    return bytes;
  }

  private change(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length === 0) return Uint8Array.of(this.below(256));
    const at = this.below(length);
    switch (this.below(9)) {
      case 0:
        bytes[at]! ^= 1 << this.below(8);
        return bytes;
      case 1:
        bytes[at] = this.below(256);
        return bytes;
      case 2:
        bytes[at] = TURNING[this.below(TURNING.length)]!;
        return bytes;
      case 3:
        return this.number(bytes, at);
      case 4:
        return bytes.subarray(0, at);
      case 5:
        return joined(bytes.subarray(0, at), bytes.subarray(Math.min(length, at + 1 + this.below(LONGEST_PIECE))));
      case 6:
        return joined(bytes.subarray(0, at), this.piece(bytes), bytes.subarray(at));
      case 7:
        return joined(bytes.subarray(0, at), this.piece(other), bytes.subarray(at));
      default: {
        const piece = this.piece(other).subarray(0, length - at);
        bytes.set(piece, at);
        return bytes;
      }
    }
  }

  /** A number of two or four bytes at its ends, or a little more or less than it was. */
  private number(bytes: Uint8Array, at: number): Uint8Array {
    const size = this.below(2) === 0 ? 2 : 4;
    if (at + size > bytes.length) return bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const was = size === 2 ? view.getUint16(at) : view.getUint32(at);
    const value = this.below(3) === 0 ? [0, 0xffff, 0x7fff, 0xffffffff][this.below(4)]! : was + this.below(9) - 4;
    if (size === 2) view.setUint16(at, value & 0xffff);
    else view.setUint32(at, value >>> 0);
    return bytes;
  }

  private piece(from: Uint8Array): Uint8Array {
    const at = this.below(from.length + 1);
    return from.slice(at, at + 1 + this.below(LONGEST_PIECE));
  }
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
