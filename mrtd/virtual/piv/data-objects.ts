/** The data objects of a PIV card (NIST SP 800-73-4 part 1, §3 and appendix A), as GET DATA gives them. */
import { concat, tlv } from "../../tlv/write.ts";

/** Keys that a card may have, by the reference that commands name them with (SP 800-73-4 part 1, table 4b). */
export const pivKeys = {
  "9a": { certificate: 0x5fc105, pin: "once" },
  "9c": { certificate: 0x5fc10a, pin: "always" },
  "9d": { certificate: 0x5fc10b, pin: "once" },
  "9e": { certificate: 0x5fc101, pin: "never" },
} as const;
export type PivKeyName = keyof typeof pivKeys;

export const pivAid = Uint8Array.of(0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00);
/** Of them, the bytes of who registered it: selecting by these and what follows up to the version is allowed (§2.2). */
export const leastAid = 9;

const tag = { chuid: 0x5fc102, capabilities: 0x5fc107, discovery: 0x7e } as const;
const noErrors = tlv(0xfe);

export interface PivHolder {
  /** 16 bytes that name the card. */
  readonly guid: Uint8Array;
  readonly expires: Date;
  /** DER, by key. */
  readonly certificates: Readonly<Partial<Record<PivKeyName, Uint8Array>>>;
}

/** Objects by the tag that asks for them. */
export function pivObjects({ guid, expires, certificates }: PivHolder): ReadonlyMap<number, Uint8Array> {
  const date = new TextEncoder().encode(expires.toISOString().slice(0, 10).replaceAll("-", ""));
  // No signature: nobody issued it.
  const chuid = concat(tlv(0x30, foreignFascN()), tlv(0x34, guid), tlv(0x35, date), tlv(0x3e), noErrors);
  // Container of a card with the data model 0x10 and no other application (table 8).
  const identity = concat(Uint8Array.of(0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02), guid.subarray(0, 14));
  const empty = [0xf3, 0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd].map((one) => tlv(one));
  const capabilities = concat(
    tlv(0xf0, identity),
    tlv(0xf1, Uint8Array.of(0x21)),
    tlv(0xf2, Uint8Array.of(0x21)),
    tlv(0xf4, Uint8Array.of(0x00)),
    tlv(0xf5, Uint8Array.of(0x10)),
    ...empty,
    noErrors,
  );
  const objects = new Map<number, Uint8Array>([
    [tag.chuid, tlv(0x53, chuid)],
    [tag.capabilities, tlv(0x53, capabilities)],
    // The application's own PIN, and no other, opens it (§3.3.2).
    [tag.discovery, tlv(0x7e, tlv(0x4f, pivAid), tlv(0x5f2f, Uint8Array.of(0x40, 0x00)))],
  ]);
  for (const [name, { certificate }] of Object.entries(pivKeys)) {
    const der = certificates[name as PivKeyName];
    if (der !== undefined) objects.set(certificate, tlv(0x53, tlv(0x70, der), tlv(0x71, Uint8Array.of(0)), noErrors));
  }
  return objects;
}

/**
 * The number that agencies of the United States give, for a card of nobody among them: nines, so that the GUID names the card. Characters of
 * four bits, lowest first, and odd parity (PACS 2.3 §6); the last one is the exclusive or of all.
 */
function foreignFascN(): Uint8Array {
  const [start, separator, end] = [0xb, 0xd, 0xf];
  const nines = (count: number) => Array<number>(count).fill(9);
  const fields = [nines(4), nines(4), nines(6), [0], [1]];
  const holder = [...Array<number>(10).fill(0), 3, 0, 0, 0, 0, 1];
  const characters = [start, ...fields.flatMap((field) => [...field, separator]), ...holder, end];
  characters.push(characters.reduce((sum, character) => sum ^ character, 0));
  const bits = characters.flatMap((character) => {
    const four = [0, 1, 2, 3].map((bit) => (character >> bit) & 1);
    return [...four, 1 - (four.reduce((sum, bit) => sum + bit) % 2)];
  });
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8).join(""), 2),
  );
}

/** What SELECT answers: application property template (SP 800-73-4 part 2, table 3). */
export const applicationTemplate = tlv(
  0x61,
  tlv(0x4f, pivAid.subarray(5)),
  tlv(0x79, tlv(0x4f, pivAid.subarray(0, 5))),
);
