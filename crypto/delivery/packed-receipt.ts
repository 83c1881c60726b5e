/**
 * A receipt on the wire (`x-kabina-receipt`): document and signature in binary, deflated beside the certificate of the authority for servers, which its signature
 * carries and every booth has. The text form of `signed-document.ts` is what both sides keep, and comes out again byte for byte.
 */
import { decodeSigned, encodeSigned } from "../receipt/signed-document.ts";
import { OFFER_DICTIONARY } from "./offer-dictionary.ts";
import { deflateBeside, inflateBeside } from "./shared-certificates.ts";

const LENGTH_BYTES = 4;
const LARGEST_BYTES = 64 << 10;

/** What receipts have in common. It is part of the format: these bytes never change. */
export const RECEIPT_DICTIONARY: Buffer = Buffer.concat([
  OFFER_DICTIONARY,
  Buffer.from(
    '{"boothId":"booth-1","format":"kabina-receipt/1","outcome":"stored","packageId":"","packageSha256":"","receivedAt":"2026-01-01T00:00:00Z","size":400000}',
  ),
]);

/** `authority`: DER of the certificate above the receipt's. */
export function packReceipt(receipt: Buffer, authority: Uint8Array): Buffer {
  const { document, signature } = decodeSigned(receipt.toString("utf8"));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(document.length);
  return deflateBeside(Buffer.concat([length, document, signature]), RECEIPT_DICTIONARY, [authority]);
}

/** The text form. Throws what zlib says where it was packed beside none of the authorities' certificates; what is wrong in it, who judges the receipt finds. */
export function unpackReceipt(packed: Uint8Array, authorities: readonly Uint8Array[]): Buffer {
  const sets = authorities.map((authority) => [authority]);
  const bytes = inflateBeside(packed, RECEIPT_DICTIONARY, [...sets, []], LARGEST_BYTES);
  const end = LENGTH_BYTES + (bytes.length < LENGTH_BYTES ? 0 : bytes.readUInt32BE(0));
  return Buffer.from(encodeSigned({ document: bytes.subarray(LENGTH_BYTES, end), signature: bytes.subarray(end) }));
}
