import type { MrzReading } from "../session/captures.ts";
export function readZone(
  _lines: readonly string[],
  _at: Date,
): { reading: MrzReading | null; faults: { field: string; kind: string }[] } {
  return { reading: null, faults: [] };
}
