/**
 * The text of a manifest as one expression: the canonical form (RFC 8785: names in their order, nothing between them) of the schema in `manifest.ts`. What it
 * takes needs neither the schema nor a second writing, which together take longer than a signature's verification. It takes the usual only and decides nothing
 * else: what it does not take is judged by schema and writing, which say why (`manifest.test.ts`: the two never disagree).
 */
import { suiteIds } from "../suites/names.ts";
import { packageLimits } from "./limits.ts";

/** What texts in a manifest look like, whole. */
export const manifestPatterns = {
  /** Lower-case hex. */
  sha256: /^[0-9a-f]{64}$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  /** What is safe as a file name anywhere. */
  partName: /^[a-z0-9-]{1,64}$/,
  mediaType: /^[a-z]+\/[a-z0-9.+-]{1,80}$/,
} as const;

/** UTF-16 code units of a label, and of the server's signed time. */
export const textLimits = { label: 128, heartbeat: 8192 } as const;

const inside = (pattern: RegExp) => pattern.source.slice(1, -1);
const quoted = (pattern: string) => `"${pattern}"`;
/** One unit of a text, escaped where and as RFC 8785 §3.2.2.2 has it. */
const unit = String.raw`(?:[^"\\\x00-\x1f]|\\["\\bfnrt])`;
const list = (item: string, most: number) => String.raw`\[${item}(?:,${item}){0,${most - 1}}\]`;
const record = (members: Readonly<Record<string, string>>) =>
  String.raw`\{${Object.keys(members)
    .sort()
    .map((name) => `"${name}":${members[name]}`)
    .join(",")}\}`;
const orNull = (pattern: string) => `(?:null|${pattern})`;

const sha256 = quoted(inside(manifestPatterns.sha256));
const uuid = quoted(inside(manifestPatterns.uuid));
const label = quoted(`${unit}{1,${textLimits.label}}`);
/** Every day but 29 February, which goes the long way. */
const day = String.raw`(?:(?:0[13578]|1[02])-3[01]|(?:0[469]|11)-30|(?:0[13-9]|1[0-2])-29|(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))`;
const instant = quoted(String.raw`\d{4}-${day}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ`);
const count = String.raw`(?:0|[1-9]\d{0,14})`;
const booted = { bootId: uuid, monotonicMs: count };

const text = record({
  format: quoted("kabina-package/2"),
  suite: quoted(`(?:${suiteIds.join("|")})`),
  packageId: uuid,
  createdAt: instant,
  notAfter: instant,
  booth: record({ id: label, certificateSha256: sha256 }),
  // With a position it goes the long way: numbers with fractions have one form too, and no expression tells it.
  place: record({ office: record({ id: label, name: label }) }),
  time: record({
    ...booted,
    chain: uuid,
    counter: count,
    previous: orNull(sha256),
    heartbeat: orNull(record({ ...booted, signed: quoted(`${unit}{0,${textLimits.heartbeat}}`) })),
  }),
  policyHash: sha256,
  sessionId: sha256,
  parts: list(
    record({
      name: quoted(inside(manifestPatterns.partName)),
      mediaType: quoted(inside(manifestPatterns.mediaType)),
      size: count,
      sha256,
      recipients: list(sha256, packageLimits.recipientsPerPart),
    }),
    packageLimits.parts,
  ),
});

/** True for the canonical text of a manifest as booths write it, but for what its schema refines. */
export const isUsualText = (manifest: string): boolean => usual.test(manifest);
const usual = new RegExp(`^${text}$`);
