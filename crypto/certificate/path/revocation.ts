/** Is a certificate revoked, by the lists at hand? RFC 5280 §6.3: scopes, reasons, deltas, and lists signed by another than the issuer. */

import type { DerElement } from "../../der/reader.ts";
import { readDer } from "../../der/reader.ts";
import { tags } from "../../der/tags.ts";
import type { Certificate } from "../certificate.ts";
import { canonicalName, sameName } from "../name.ts";
import { oids } from "../oids.ts";
import type { RevocationList } from "../revocation-list.ts";
import { type GeneralName, readGeneralName } from "./general-name.ts";

/** Bits 1 to 8 of ReasonFlags (§4.2.1.13): every reason that a list may be divided by. */
const allReasons = 0b1_1111_1110;

export interface RevocationSource {
  readonly lists: readonly RevocationList[];
  readonly at: Date;
  /** Whether the list is signed by someone who may sign lists for this issuer: the issuer itself, or another whose own path holds. */
  signer(list: RevocationList, certificate: Certificate): boolean;
  /** What a conforming authority must write is demanded of its lists too. */
  readonly conforming: boolean;
}

export type RevocationVerdict =
  | { readonly status: "good" }
  | { readonly status: "revoked"; readonly since: Date }
  /** The lists at hand do not speak for the certificate, or not for every reason, or not of this moment. */
  | { readonly status: "unknown" };

interface DistributionPoint {
  readonly names: readonly GeneralName[] | undefined;
  readonly reasons: number;
  /** Who signs the list, when it is not the certificate's issuer. */
  readonly issuer: Uint8Array | undefined;
}

/** Throws `revocation/malformed`, `certificate/malformed` for what cannot be read. */
export function revocationStatus(certificate: Certificate, source: RevocationSource): RevocationVerdict {
  const points =
    certificate.read(oids.crlDistributionPoints, (value) =>
      value.children.map((point) => readPoint(point, certificate)),
    ) ?? [];
  let covered = 0;
  // Every certificate has the implied point of its issuer's full list (§6.3.3, last paragraph).
  for (const point of [...points, { names: undefined, reasons: allReasons, issuer: undefined }]) {
    for (const list of source.lists) {
      if (covered === allReasons) break;
      const scope = scopeOf(list);
      if (scope === undefined || list.extensions.has(oids.deltaCrlIndicator)) continue;
      const reasons = speaksFor(certificate, point, list, scope);
      if ((reasons & ~covered) === 0 || !usable(list, source) || !source.signer(list, certificate)) continue;
      const verdict = entryIn(certificate, list, scope, source);
      if (verdict.status === "revoked") return verdict;
      if (verdict.status === "good") covered |= reasons;
    }
  }
  return covered === allReasons ? { status: "good" } : { status: "unknown" };
}

/** IssuingDistributionPoint (§5.2.5). */
interface Scope {
  readonly names: readonly GeneralName[] | undefined;
  readonly only: "users" | "authorities" | "attributes" | undefined;
  readonly reasons: number;
  readonly indirect: boolean;
}

function scopeOf(list: RevocationList): Scope | undefined {
  return (
    list.read(oids.issuingDistributionPoint, (value) => {
      const fields = new Map(value.expect(tags.sequence).children.map((field) => [field.tag, field]));
      const flag = (tag: number) => fields.get(tag)?.value[0] === 0xff;
      const reasons = fields.get(0x83);
      return {
        names: readPointName(fields.get(0xa0), list.issuer),
        only: flag(0x81) ? "users" : flag(0x82) ? "authorities" : flag(0x85) ? "attributes" : undefined,
        reasons: reasons ? flagsOf(reasons) : allReasons,
        indirect: flag(0x84),
      } as const;
    }) ?? { names: undefined, only: undefined, reasons: allReasons, indirect: false }
  );
}

/** §6.3.3 b, d: the reasons for which this list speaks of this certificate at this point; 0 when it does not. */
function speaksFor(certificate: Certificate, point: DistributionPoint, list: RevocationList, scope: Scope): number {
  if (point.issuer) {
    if (!scope.indirect || !sameName(list.issuer, point.issuer)) return 0;
  } else if (!sameName(list.issuer, certificate.issuer)) return 0;
  if (scope.only === "attributes") return 0;
  if (scope.only === "users" && certificate.isAuthority) return 0;
  if (scope.only === "authorities" && !certificate.isAuthority) return 0;
  if (scope.names) {
    const wanted = point.names ?? (point.issuer ? [{ kind: "directory", name: point.issuer } as const] : []);
    if (!scope.names.some((name) => wanted.some((other) => sameGeneralName(name, other)))) return 0;
  }
  return scope.reasons & point.reasons;
}

function usable(list: RevocationList, { at, conforming }: RevocationSource): boolean {
  if (at < list.thisUpdate || (list.nextUpdate !== undefined && at > list.nextUpdate)) return false;
  for (const [oid, { critical }] of list.extensions) if (critical && !understood.has(oid)) return false;
  if (!conforming) return true;
  const number = list.extensions.get(oids.crlNumber);
  return number !== undefined && !number.critical && list.nextUpdate !== undefined;
}
const understood: ReadonlySet<string> = new Set([
  oids.issuingDistributionPoint,
  oids.deltaCrlIndicator,
  oids.authorityKeyIdentifier,
]);

/** §6.3.3 i–k, a delta of the same scope first where there is one. */
function entryIn(
  certificate: Certificate,
  list: RevocationList,
  scope: Scope,
  source: RevocationSource,
): RevocationVerdict {
  const delta = deltaOf(list, scope, certificate, source);
  const entry = delta?.entry(certificate) ?? list.entry(certificate);
  if (entry === undefined || entry.reason === "removeFromList") {
    // An entry with something critical in it that is not understood may change what all entries after it mean (§5.3).
    return list.hasUnknownCritical() || delta?.hasUnknownCritical() ? { status: "unknown" } : { status: "good" };
  }
  return { status: "revoked", since: entry.revokedAt };
}

/** §5.2.4: the newest delta that builds on this list or an earlier one. */
function deltaOf(
  list: RevocationList,
  scope: Scope,
  certificate: Certificate,
  source: RevocationSource,
): RevocationList | undefined {
  const number = list.number;
  if (number === undefined || !(certificate.extensions.has(oids.freshestCrl) || list.extensions.has(oids.freshestCrl)))
    return undefined;
  const fits = source.lists.filter((delta) => {
    const base = delta.read(oids.deltaCrlIndicator, (value) => value.bigint());
    if (base === undefined || base > number || (delta.number ?? 0n) < number) return false;
    if (!sameName(delta.issuer, list.issuer) || !sameScope(scopeOf(delta), scope)) return false;
    return usable(delta, source) && source.signer(delta, certificate);
  });
  return fits.sort((a, b) => Number((b.number ?? 0n) - (a.number ?? 0n)))[0];
}

function sameScope(a: Scope | undefined, b: Scope): boolean {
  const text = (scope: Scope | undefined) =>
    JSON.stringify(scope, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
  return text(a) === text(b);
}

function readPoint(point: DerElement, certificate: Certificate): DistributionPoint {
  const fields = new Map(point.expect(tags.sequence).children.map((field) => [field.tag, field]));
  const issuers = fields.get(0xa2)?.children.map(readGeneralName) ?? [];
  const issuer = issuers.find((name) => name.kind === "directory");
  const named = issuer?.kind === "directory" ? issuer.name : undefined;
  const reasons = fields.get(0x81);
  return {
    names: readPointName(fields.get(0xa0), named ?? certificate.issuer),
    reasons: reasons ? flagsOf(reasons) : allReasons,
    issuer: named,
  };
}

/** DistributionPointName: full names, or attributes below the name of who signs the list. */
function readPointName(field: DerElement | undefined, above: Uint8Array): readonly GeneralName[] | undefined {
  if (field === undefined) return undefined;
  const choice = field.child(0);
  if (choice.tag === 0xa0) return choice.children.map(readGeneralName);
  const parent = readDer(above, { encoding: "ber" }).value;
  const relative = Buffer.concat([Uint8Array.of(tags.set), choice.raw.subarray(1)]);
  const name = Buffer.concat([parent, relative]);
  const length =
    name.length < 0x80
      ? [name.length]
      : name.length < 0x100
        ? [0x81, name.length]
        : [0x82, name.length >> 8, name.length & 0xff];
  return [{ kind: "directory", name: Buffer.concat([Uint8Array.of(tags.sequence, ...length), name]) }];
}

/** ReasonFlags as a number: bit n of the string is bit n here. The tag is implicit. */
function flagsOf({ value }: DerElement): number {
  let flags = 0;
  for (let bit = 1; bit <= 8; bit++) if (((value[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) flags |= 1 << bit;
  return flags;
}

function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === "directory" && b.kind === "directory") return canonicalName(a.name) === canonicalName(b.name);
  return "text" in a && "text" in b && a.kind === b.kind && a.text === b.text;
}
