/** `manifest.json`: what a sealed package holds, where and when it was made; no personal data. docs/formats/package.md §3. */
import canonicalize from "canonicalize";
import { z } from "zod";
import { KabinaError } from "../errors/kabina-error.ts";
import { suiteIds } from "../suites/names.ts";
import { packageLimits } from "./limits.ts";
import { isUsualText, manifestPatterns, textLimits } from "./manifest-text.ts";

/** What is sealed now; `kabina-package/1` is still read. */
export const packageFormat = "kabina-package/2";
const formats = ["kabina-package/1", packageFormat] as const;

const sha256Hex = z.string().regex(manifestPatterns.sha256);
const uuid = z.string().regex(manifestPatterns.uuid);
/** UTC, whole seconds: `2026-11-21T18:00:00Z`. */
const instant = z.iso.datetime({ precision: 0, offset: false });
const label = z.string().min(1).max(textLimits.label);
const count = z.int().nonnegative();

const partName = z.string().regex(manifestPatterns.partName);
const mediaType = z.string().regex(manifestPatterns.mediaType);

export const Place = z.strictObject({
  office: z.strictObject({ id: label, name: label }),
  /** Absent where the booth has no position fix. */
  position: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      accuracyMetres: z.number().nonnegative(),
      at: instant,
    })
    .optional(),
});
export type Place = z.infer<typeof Place>;

/** Which moment, on which clocks. */
const booted = {
  /** Random, new at every start of the booth's machine. */
  bootId: uuid,
  /** Milliseconds since that boot, on a clock that never goes back. */
  monotonicMs: count,
};

/** What `kabina-package/1` said of the time: the booth's own word. */
const TimeClaims = z.strictObject({
  ...booted,
  /** Packages sealed by this booth before this one, ever. */
  counter: count,
  /** The server's time as the booth last heard it, and the monotonic clock at that moment; null before the first contact. */
  lastServerTime: z.strictObject({ at: instant, ...booted }).nullable(),
});

/** What lets a server judge the time of a package that comes late (`time-bounds.ts`). */
export const TimeEvidence = z.strictObject({
  ...booted,
  /** The booth's line of packages, each naming the one before it: random, begun once and never again. */
  chain: uuid,
  /** Packages of the chain before this one. */
  counter: count,
  /** SHA-256 of the `manifest.json` before this one; null of the first. Whoever has this package knows that the one before existed. */
  previous: sha256Hex.nullable(),
  /** The server's heartbeat as signed (`receipt/heartbeat.ts`), and when it came; null before the first contact. */
  heartbeat: z.strictObject({ signed: z.string().max(textLimits.heartbeat), ...booted }).nullable(),
});
export type TimeEvidence = z.infer<typeof TimeEvidence>;
/** The first of a chain, and no other, names none before it. */
const isSound = ({ counter, previous }: TimeEvidence) => (counter === 0) === (previous === null);

export const ManifestPart = z.strictObject({
  name: partName,
  mediaType,
  /** Bytes of the encrypted part, as it stands in the package. */
  size: count,
  /** SHA-256 of those bytes. */
  sha256: sha256Hex,
  /** Key ids of those who can open it. */
  recipients: z.array(sha256Hex).min(1).max(packageLimits.recipientsPerPart),
});
export type ManifestPart = z.infer<typeof ManifestPart>;

const content = {
  suite: z.enum(suiteIds),
  packageId: uuid,
  createdAt: instant,
  /** After this moment no server takes the package. */
  notAfter: instant,
  booth: z.strictObject({
    id: label,
    /** SHA-256 of the DER of the certificate that signs. */
    certificateSha256: sha256Hex,
  }),
  place: Place,
  /** SHA-256 of the policy that the session ran under. */
  policyHash: sha256Hex,
  /** 32 random bytes in hex, new in every session; says nothing about the person. */
  sessionId: sha256Hex,
  parts: z.array(ManifestPart).min(1).max(packageLimits.parts),
};

export const Manifest = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal("kabina-package/1"), ...content, time: TimeClaims }),
  z.strictObject({ format: z.literal(packageFormat), ...content, time: TimeEvidence.refine(isSound) }),
]);
export type Manifest = z.infer<typeof Manifest>;

/** A moment as manifests, receipts and notices write it: UTC, whole seconds. */
export function toInstant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** A byte order mark is no part of the one form. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The one byte form of a manifest (RFC 8785), which a reader takes. Throws `package/request-invalid`, `package/manifest-too-large`,
 * `package/part-doubled`, `package/part-too-large`, `package/too-large`.
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const text = JSON.stringify(manifest);
  // Where the names stand in order already that is the text.
  const bytes = new TextEncoder().encode(isUsual(text, manifest) ? text : sorted(manifest));
  checkParts(manifest);
  checkLength(bytes);
  return bytes;
}

function sorted(manifest: Manifest): string {
  const parsed = Manifest.safeParse(manifest);
  const text = parsed.success ? canonicalText(parsed.data) : undefined;
  if (text !== undefined) return text;
  const issue = parsed.error?.issues[0];
  const reason = issue ? `${issue.path.join(".")}: ${issue.message}` : "not Unicode text";
  throw new KabinaError("package/request-invalid", { reason });
}

/**
 * Reads a manifest and refuses anything but its one byte form. Throws `package/manifest-too-large`, `package/manifest-malformed`,
 * `package/format-unknown`, `package/suite-unknown`, `package/part-doubled`, `package/part-too-large`, `package/too-large`.
 */
export function decodeManifest(bytes: Uint8Array): Manifest {
  checkLength(bytes);
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new KabinaError("package/manifest-malformed", { reason: "not UTF-8 JSON" }, { cause });
  }
  const manifest = isUsual(text, value) ? value : judged(value, text);
  checkParts(manifest);
  return manifest;
}

/** True for a value whose canonical text is one that needs no schema. */
const isUsual = (text: string, value: unknown): value is Manifest =>
  isUsualText(text) && isSound((value as { time: TimeEvidence }).time);

/** RFC 8785; undefined where there is none: numbers that are none, halves of characters. */
function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}

/** By the schema and by writing it again: says what is wrong where something is. */
function judged(value: unknown, text: string): Manifest {
  const claim = value as { format?: unknown; suite?: unknown } | null;
  if (typeof claim === "object" && claim !== null) {
    if (!formats.some((format) => format === claim.format))
      throw new KabinaError("package/format-unknown", { found: shown(claim.format) });
    if (!suiteIds.some((id) => id === claim.suite))
      throw new KabinaError("package/suite-unknown", { found: shown(claim.suite) });
  }
  checkPartNames(value);
  const parsed = Manifest.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new KabinaError("package/manifest-malformed", {
      reason: `${issue?.path.join(".") ?? ""}: ${issue?.code ?? ""}`,
    });
  }
  if (canonicalText(value) !== text)
    throw new KabinaError("package/manifest-malformed", { reason: "not in canonical form" });
  return parsed.data;
}

function checkLength({ length }: Uint8Array): void {
  if (length > packageLimits.manifestBytes)
    throw new KabinaError("package/manifest-too-large", { size: length, limit: packageLimits.manifestBytes });
}

/** A name with a path or a stranger's letters in it is refused as such. */
function checkPartNames(value: unknown): void {
  const parts = (value as { parts?: unknown } | null)?.parts;
  if (!Array.isArray(parts)) return;
  for (const part of parts as unknown[]) {
    const name = (part as { name?: unknown } | null)?.name;
    if (typeof name === "string" && !manifestPatterns.partName.test(name))
      throw new KabinaError("package/part-name", { name: name.slice(0, 80).replace(/[^\x20-\x7e]/g, ".") });
  }
}

/** Names are single and sizes within limits, before anyone allocates by them. */
function checkParts(manifest: Manifest): void {
  const seen = new Set<string>();
  let total = 0;
  for (const part of manifest.parts) {
    if (seen.has(part.name)) throw new KabinaError("package/part-doubled", { part: part.name });
    seen.add(part.name);
    if (part.size > packageLimits.partBytes)
      throw new KabinaError("package/part-too-large", {
        part: part.name,
        size: part.size,
        limit: packageLimits.partBytes,
      });
    total += part.size;
  }
  if (total > packageLimits.packageBytes)
    throw new KabinaError("package/too-large", { size: total, limit: packageLimits.packageBytes });
}

function shown(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 64) : typeof value;
}
