/** Where the authority's office answers (RFC 7030 §3.2.2), and what booth and server agree on beyond the RFC. */
import { z } from "zod";
import { DeviceKind } from "../device/device.ts";
import { TamperReport } from "../device/tamper.ts";
import { suiteIds } from "../suites/names.ts";

export const estPath = (label: string, operation: string): string => `/.well-known/est/${label}/${operation}`;

export const PKI_PATHS = {
  /** `GET …/<issuer>.crl`: the revocation list, DER; `<issuer>-<16 digits of its key id>.crl` of one that was followed by another. */
  lists: "/pki/lists",
  /** `POST`, or `GET …/<base64 of the question>` (RFC 6960 Appendix A). */
  status: "/pki/status",
  /** TUF's repository: policy, hot-lists, updates. */
  updates: "/pki/updates",
  /** What a booth says of itself: policy version, clock. */
  reports: "/pki/reports",
} as const;

/** The file of a revocation list: of the authority that issues now, or of the one with that key id. */
export const listName = (kind: string, keyId?: string): string =>
  `${kind}${keyId === undefined ? "" : `-${keyId.slice(0, 16)}`}.crl`;

/** Bytes of a request's or an answer's body in the form it is sent in: base64 of at most 8 KiB, and of a bundle. */
export const LARGEST_EST_REQUEST = 12 * 1024;
export const LARGEST_EST_ANSWER = 512 * 1024;
export const LARGEST_REPORT = 4 * 1024;

/** What a booth says of itself. */
export const BoothReport = z.strictObject({
  /** The booth's own clock. */
  at: z.iso.datetime(),
  software: z.string().max(64),
  policyVersion: z.int().nonnegative().nullable(),
  /** The package that it sealed last: proof that it existed by now. */
  sealed: z
    .strictObject({
      chain: z.uuid(),
      counter: z.int().nonnegative(),
      manifestSha256: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .nullable()
    .optional(),
  /** How its devices are. */
  devices: z
    .array(
      z.strictObject({
        kind: DeviceKind,
        state: z.enum(["ready", "degraded", "opening", "failed", "absent"]),
        code: z.string().max(64).nullable(),
      }),
    )
    .max(20)
    .optional(),
  tamper: TamperReport.optional(),
  /** The key of its journals, and when it was made. */
  journal: z
    .strictObject({ keyId: z.string().regex(/^[0-9a-f]{64}$/), madeAt: z.iso.datetime().nullable() })
    .optional(),
});
export type BoothReport = z.infer<typeof BoothReport>;

/** An officer wants the booth to take a new key, of its present suite or of another. */
export const RekeyWanted = z.strictObject({ at: z.iso.datetime(), suite: z.enum(suiteIds).nullable() });
export type RekeyWanted = z.infer<typeof RekeyWanted>;

export const BoothReportAnswer = z.object({
  serverTime: z.iso.datetime(),
  rekey: RekeyWanted.optional(),
  /** Days after which the key of its journals is to be replaced, where the installation's schedule says. */
  journalDays: z.int().min(1).max(7300).optional(),
  /** PEM of those whom packages are to be encrypted for, from now on. */
  recipients: z.array(z.string().max(4096)).min(1).max(4).optional(),
});
export type BoothReportAnswer = z.infer<typeof BoothReportAnswer>;
