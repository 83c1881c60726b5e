/** DG5 and DG7 (9303-10 §4.7.5, §4.7.7): the portrait and the signature as they are displayed, JPEG or JPEG 2000. */
import { derTag, integer, readSmallInteger } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { fileIdentities, fileMalformed } from "./file.ts";

const imageTags = { DG5: 0x5f40, DG7: 0x5f43 } as const;
export type DisplayedImageFile = keyof typeof imageTags;
const maxImages = 8;

/** Reads the pictures; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseDisplayedImages(file: DisplayedImageFile, bytes: Uint8Array): readonly Uint8Array[] {
  const root = parseTlv(bytes, { where: file }).expect(fileIdentities[file].tag!);
  const count = readSmallInteger(root.at(0, derTag.integer));
  const images = root.children().filter((node) => node.tag === imageTags[file]);
  if (images.length !== count || count > maxImages) throw fileMalformed(file, "image-count");
  return images.map((node) => node.value);
}

export function composeDisplayedImages(file: DisplayedImageFile, images: readonly Uint8Array[]): Uint8Array {
  return tlv(fileIdentities[file].tag!, integer(images.length), ...images.map((image) => tlv(imageTags[file], image)));
}
