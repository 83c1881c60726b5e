/** The certificate extensions that Kabina writes (RFC 5280 §4.2.1). */
import {
  boolean,
  contextPrimitive,
  type DerValue,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
} from "../der/writer.ts";
import type { Extension } from "./builder.ts";
import { type KeyUsage, keyUsageBits } from "./key-usage.ts";
import { oids } from "./oids.ts";

/** An authority that may have `pathLength` further authorities below it; or, with `null`, an end entity. */
export function basicConstraints(pathLength: number | null): Extension {
  const value = pathLength === null ? sequence() : sequence(boolean(true), integer(pathLength));
  return { oid: oids.basicConstraints, critical: true, value };
}

export const keyUsage = (...uses: readonly KeyUsage[]): Extension => ({
  oid: oids.keyUsage,
  critical: true,
  value: namedBits(...uses.map((use) => keyUsageBits[use])),
});

export const extendedKeyUsage = (...purposes: readonly string[]): Extension => ({
  oid: oids.extendedKeyUsage,
  critical: false,
  value: sequence(...purposes.map(objectIdentifier)),
});

export const subjectKeyIdentifier = (id: Uint8Array): Extension => ({
  oid: oids.subjectKeyIdentifier,
  critical: false,
  value: octetString(id),
});

export const authorityKeyIdentifier = (id: Uint8Array): Extension => ({
  oid: oids.authorityKeyIdentifier,
  critical: false,
  value: sequence(contextPrimitive(0, id)),
});

/** DNS names, IP addresses (4 or 16 bytes) and URIs. */
export function subjectAltName(names: {
  readonly dns?: readonly string[];
  readonly ip?: readonly Uint8Array[];
  readonly uri?: readonly string[];
}): Extension {
  const values: DerValue[] = [
    ...(names.dns ?? []).map((name) => contextPrimitive(2, Buffer.from(name, "latin1"))),
    ...(names.uri ?? []).map((uri) => contextPrimitive(6, Buffer.from(uri, "latin1"))),
    ...(names.ip ?? []).map((address) => contextPrimitive(7, address)),
  ];
  return { oid: oids.subjectAltName, critical: false, value: sequence(...values) };
}
