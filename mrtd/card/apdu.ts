/** Command and response APDUs (ISO/IEC 7816-4 §5). */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { concat } from "../tlv/write.ts";

export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data?: Uint8Array;
  /** Most bytes wanted back, 1 to 65536 (256 and 65536 are "as many as there are"); absent: none. */
  readonly le?: number;
}

export interface ResponseApdu {
  readonly data: Uint8Array;
  /** SW1 × 256 + SW2. */
  readonly status: number;
}

/** Largest response APDU that a card can give: 65536 bytes of data and the status. */
export const maxResponseLength = 65_536 + 2;

/** Writes a command: short form when it fits, extended form otherwise. */
export function encodeCommand({ cla, ins, p1, p2, data = new Uint8Array(), le }: CommandApdu): Uint8Array {
  const header = Uint8Array.of(cla, ins, p1, p2);
  const extended = data.length > 255 || (le ?? 0) > 256;
  if (!extended) {
    const lc = data.length === 0 ? new Uint8Array() : Uint8Array.of(data.length);
    return concat(header, lc, data, le === undefined ? new Uint8Array() : Uint8Array.of(le % 256));
  }
  const two = (value: number) => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
  const lc = data.length === 0 ? Uint8Array.of(0) : concat(Uint8Array.of(0), two(data.length));
  return concat(header, lc, data, le === undefined ? new Uint8Array() : two(le));
}

/** Reads a command; undefined when its lengths do not fit together. */
export function decodeCommand(bytes: Uint8Array): CommandApdu | undefined {
  if (bytes.length < 4) return undefined;
  const [cla, ins, p1, p2] = bytes as unknown as [number, number, number, number];
  const header = { cla, ins, p1, p2 };
  const body = bytes.subarray(4);
  const short = (value: number) => (value === 0 ? 256 : value);
  const long = (at: number) => (body[at]! << 8) | body[at + 1]! || 65_536;
  if (body.length === 0) return header;
  if (body.length === 1) return { ...header, le: short(body[0]!) };
  if (body[0] !== 0) {
    const lc = body[0]!;
    if (body.length === 1 + lc) return { ...header, data: body.subarray(1) };
    if (body.length === 2 + lc) return { ...header, data: body.subarray(1, 1 + lc), le: short(body[1 + lc]!) };
    return undefined;
  }
  if (body.length === 3) return { ...header, le: long(1) };
  const lc = body.length < 3 ? 0 : (body[1]! << 8) | body[2]!;
  if (lc === 0) return undefined;
  if (body.length === 3 + lc) return { ...header, data: body.subarray(3) };
  if (body.length === 5 + lc) return { ...header, data: body.subarray(3, 3 + lc), le: long(3 + lc) };
  return undefined;
}

export function encodeResponse({ data, status }: ResponseApdu): Uint8Array {
  return concat(data, Uint8Array.of(status >> 8, status & 0xff));
}

/** Reads a response; throws `card/response-malformed` when it is shorter or longer than any card may answer. */
export function decodeResponse(bytes: Uint8Array): ResponseApdu {
  if (bytes.length < 2 || bytes.length > maxResponseLength) {
    throw new KabinaError("card/response-malformed", { length: bytes.length });
  }
  return { data: bytes.subarray(0, -2), status: (bytes.at(-2)! << 8) | bytes.at(-1)! };
}

/** Status as people write it: `6982`. */
export function formatStatus(status: number): string {
  return status.toString(16).toUpperCase().padStart(4, "0");
}
