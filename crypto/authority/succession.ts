/**
 * One issuing authority follows another, and one root another: what the server asks the root for, and what comes back. Two files that a person
 * carries between the server and the room where the root is; neither holds a secret. docs/formats/pki.md §8.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { judgePath } from "../certificate/path.ts";
import { revocationReasons } from "../certificate/revocation-builder.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { listName } from "../est/paths.ts";
import { type IssuerKind, issuerKinds } from "./authority.ts";
import { anchorsOf, authoritiesOf, type PeerKind, peerKinds, type Trust } from "./trust.ts";

const Instant = z.iso.datetime();
const hex = z.string().regex(/^[0-9a-f]+$/);
const pem = z.string().max(8192);
const Reason = z.enum(Object.keys(revocationReasons) as [keyof typeof revocationReasons]);

/** What the root is asked for. */
export const SuccessionRequest = z.strictObject({
  format: z.literal("kabina-succession-request/1"),
  at: Instant,
  /** The roots that stand, newest first. */
  roots: z.array(pem).min(1).max(8),
  /** PKCS#10 of each authority's next key. */
  issuers: z.partialRecord(z.enum(issuerKinds), z.base64().max(16_384)),
  /** What of the root's was taken back, and the number of the list that says so. */
  revoked: z.array(z.strictObject({ serial: hex, at: Instant, reason: Reason, since: Instant.nullable() })).max(200),
  listNumber: z.int().positive(),
});
export type SuccessionRequest = z.infer<typeof SuccessionRequest>;

/** What the root has signed. */
export const Succession = z.strictObject({
  format: z.literal("kabina-succession/1"),
  at: Instant,
  /** The roots that stand from now on, newest first. */
  roots: z.array(pem).min(1).max(8),
  /** By which a root vouches for the one after it, and for the one before (RFC 4210 §4.4). */
  links: z.array(pem).max(16),
  issuers: z.partialRecord(z.enum(issuerKinds), pem),
  /** Each root's revocation list, DER. */
  lists: z.array(z.strictObject({ root: z.string().regex(/^[0-9a-f]{64}$/), der: z.base64().max(65_536) })).max(8),
});
export type Succession = z.infer<typeof Succession>;

/** Characters of either file. */
const largest = 512 * 1024;

/** Throws `succession/malformed`. */
export function readSuccessionFile<T>(text: string, schema: z.ZodType<T>): T {
  try {
    if (text.length > largest) throw new Error("too large");
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new KabinaError("succession/malformed", {}, { cause });
  }
}

/** What is compared in both rooms: the file as it was carried. Lower-case hex. */
export const fileFingerprint = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Hex digits of a file's fingerprint that must be compared. */
const comparedDigits = 16;

/** The file's fingerprint, when the digits read on the other machine are its. Throws `succession/fingerprint-differs`. */
export function expectFingerprint(text: string, compared: string): string {
  const print = fileFingerprint(text);
  const digits = compared.toLowerCase().replace(/[^0-9a-f]/g, "");
  if (digits.length < comparedDigits || !print.startsWith(digits))
    throw new KabinaError("succession/fingerprint-differs", { digits: comparedDigits });
  return print;
}

/**
 * What a booth or a server trusts after it was told of authorities (`cacerts`, a courier's file): a root that one of its own vouches for by a link
 * certificate, and the authorities for booths and servers under its roots. Strangers among them are left out; what was trusted stays until it ends.
 */
export function followTrust(trust: Trust, told: readonly Certificate[], at: Date): Trust {
  const known = anchorsOf(trust);
  const authorities = told.filter((one) => one.isAuthority && one.validAt(at));
  const roots = distinct([
    ...authorities.filter((one) => isRoot(one) && vouchedFor(one, known, authorities, at)),
    ...known,
  ]);
  const issuers = (kind: PeerKind) =>
    distinct([
      ...authorities.filter((one) => !one.selfIssued && issuesFor(one) === kind && holds(one, roots, at)),
      ...authoritiesOf(trust, kind),
    ]);
  const [standing, booths, servers] = [
    newestFirst(roots, at),
    newestFirst(issuers("booths"), at),
    newestFirst(issuers("servers"), at),
  ];
  return {
    root: standing[0] ?? trust.root,
    booths: booths[0] ?? trust.booths,
    servers: servers[0] ?? trust.servers,
    former: { roots: standing.slice(1), booths: booths.slice(1), servers: servers.slice(1) },
    recipients: trust.recipients,
  };
}

/** Whose revocation lists a booth keeps: of its own kind, of servers, and of the roots over both. */
export const listedKinds = [...peerKinds, "root"] as const;
export type ListedKind = (typeof listedKinds)[number];

export const authoritiesListed = (trust: Trust, kind: ListedKind): readonly Certificate[] =>
  kind === "root" ? anchorsOf(trust) : authoritiesOf(trust, kind);

/** The files of the lists there are to ask for: of who issues now, and of who did before and is still believed. */
export const listNames = (trust: Trust): readonly (readonly [kind: ListedKind, name: string])[] =>
  listedKinds.flatMap((kind) =>
    authoritiesListed(trust, kind).map(
      ({ keyId }, age) => [kind, listName(kind, age === 0 ? undefined : keyId)] as const,
    ),
  );

/** The authorities among the files that a courier carries, PEM. */
export const AUTHORITIES_TARGET = "lists/authorities.pem";

/** Whether two say the same of roots and authorities. */
export const sameAuthorities = (a: Trust, b: Trust): boolean => {
  const said = (trust: Trust) =>
    [anchorsOf(trust), ...peerKinds.map((kind) => authoritiesOf(trust, kind))]
      .map((all) => all.map(({ sha256 }) => sha256).join())
      .join(";");
  return said(a) === said(b);
};

/** The kind that an authority may issue for, by the purposes that its certificate names. */
export function issuesFor(authority: Certificate): IssuerKind | undefined {
  const purposes = authority.extendedKeyUsage;
  const marks = {
    booths: oids.kabinaPackageSigning,
    sensors: oids.kabinaCaptureSigning,
    staff: oids.kabinaStaffSigning,
    servers: oids.kabinaReceiptSigning,
  } as const;
  const found = issuerKinds.filter((kind) => purposes.includes(marks[kind]));
  return found.length === 1 ? found[0] : undefined;
}

const isRoot = (one: Certificate): boolean => one.selfIssued && one.isSignedBy(one);

/** A root that is trusted, or whose key a trusted root has certified under the roots' own name. */
function vouchedFor(root: Certificate, known: readonly Certificate[], told: readonly Certificate[], at: Date): boolean {
  if (known.some(({ sha256 }) => sha256 === root.sha256)) return true;
  const links = told.filter((one) => one.selfIssued && !isRoot(one));
  return links.some((link) => link.keyId === root.keyId && holds(link, known, at, links));
}

const holds = (
  leaf: Certificate,
  anchors: readonly Certificate[],
  at: Date,
  intermediates: readonly Certificate[] = [],
): boolean => judgePath({ leaf, intermediates, anchors, at, usage: "keyCertSign" }).path !== undefined;

const distinct = (all: readonly Certificate[]): Certificate[] => [
  ...new Map(all.map((one) => [one.sha256, one])).values(),
];

/** What has ended vouches for nothing any more, but that one stands stays. */
const newestFirst = (all: readonly Certificate[], at: Date): Certificate[] =>
  all.filter(({ notAfter }) => notAfter > at).sort((a, b) => b.notBefore.getTime() - a.notBefore.getTime());
