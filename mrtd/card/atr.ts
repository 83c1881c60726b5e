/** What the historical bytes of an answer to reset say about the card (ISO/IEC 7816-3 §8.2, 7816-4 §12.1.1). */

/** Does the card say that it takes extended Lc and Le? Undefined when it says nothing of it. */
export function saysExtendedLength(atr: Uint8Array): boolean | undefined {
  const capabilities = compactTlv(historicalBytes(atr)).get(7);
  return capabilities?.length === 3 ? (capabilities[2]! & 0x40) !== 0 : undefined;
}

/** An answer to reset of a contactless card as PC/SC readers make it (PC/SC part 3 §3.1.3.2.3); with card capabilities, unless it keeps silent. */
export function contactlessAtr(extendedLength: boolean | undefined): Uint8Array {
  // Category 0x80; capabilities: select by DF name and short identifier, chaining, extended length.
  const historical = extendedLength === undefined ? [0x80] : [0x80, 0x73, 0x84, 0x01, extendedLength ? 0xc0 : 0x80];
  const body = [0x80 | historical.length, 0x80, 0x01, ...historical];
  return Uint8Array.of(
    0x3b,
    ...body,
    body.reduce((sum, byte) => sum ^ byte, 0),
  );
}

function historicalBytes(atr: Uint8Array): Uint8Array {
  let at = 1;
  let format = atr[at] ?? 0;
  const count = format & 0x0f;
  at++;
  // Each TD says which interface bytes follow, the last of them being the next TD.
  for (let level = 0; level < 8; level++) {
    const mask = format >> 4;
    at += (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1);
    if ((mask & 8) === 0) break;
    format = atr[at] ?? 0;
    at++;
  }
  return atr.subarray(at, at + count);
}

/** Compact-TLV objects by tag; none unless the category byte announces them. */
function compactTlv(historical: Uint8Array): Map<number, Uint8Array> {
  const objects = new Map<number, Uint8Array>();
  if (historical[0] !== 0x80 && historical[0] !== 0x00) return objects;
  for (let at = 1; at < historical.length; ) {
    const length = historical[at]! & 0x0f;
    objects.set(historical[at]! >> 4, historical.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return objects;
}
