/** GeneralName (RFC 5280 §4.2.1.6): the names in alternative names, name constraints and distribution points. */
import type { DerElement } from "../../der/reader.ts";

export type GeneralName =
  | { readonly kind: "email" | "dns" | "uri"; readonly text: string }
  | { readonly kind: "directory"; readonly name: Uint8Array }
  | { readonly kind: "ip"; readonly bytes: Uint8Array }
  /** otherName, x400Address, ediPartyName, registeredID: known by tag, not looked into. */
  | { readonly kind: "other"; readonly tag: number; readonly raw: Uint8Array };

/** Throws `der/malformed` also for text that is not ASCII. */
export function readGeneralName(element: DerElement): GeneralName {
  const { tag, value, raw } = element;
  if (tag === 0x81 || tag === 0x82 || tag === 0x86) {
    if (value.some((byte) => byte > 0x7f)) throw element.malformed("name that is not ASCII");
    const kind = tag === 0x81 ? "email" : tag === 0x82 ? "dns" : "uri";
    return { kind, text: Buffer.from(value).toString("latin1") };
  }
  if (tag === 0xa4) return { kind: "directory", name: element.child(0).raw };
  if (tag === 0x87) return { kind: "ip", bytes: value };
  return { kind: "other", tag, raw };
}
