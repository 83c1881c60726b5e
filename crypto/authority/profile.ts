/**
 * A booth's profile: everything that makes a machine a booth of an office, signed by a security officer. It holds no secret; who brings
 * it to the booth also brings the first digits of the root's fingerprint, on paper.
 */
import { z } from "zod";
import { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { DevicePattern } from "../device/device.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { toInstant } from "../package/manifest.ts";
import {
  decodeDocument,
  decodeSigned,
  encodeSigned,
  signDocument,
  verifyDocument,
} from "../receipt/signed-document.ts";
import { parseSlipIssuers, SLIP_ISSUERS_LIMIT } from "../slip/issuers.ts";
import type { Trust } from "./trust.ts";

const label = z.string().min(1).max(128);
const pem = z.string().max(4096);

export const BoothProfile = z.strictObject({
  format: z.literal("kabina-profile/2"),
  boothId: z.string().regex(/^[a-z0-9-]{1,64}$/),
  office: z.strictObject({ id: label, name: label }),
  serverUrl: z.url({ protocol: /^https$/ }),
  pkiUrl: z.url({ protocol: /^https$/ }),
  trust: z.strictObject({ root: pem, booths: pem, servers: pem, recipients: z.array(pem).min(1).max(4) }),
  /** The first root of policy and updates, base64; null where none was begun. */
  updatesRoot: z.base64().max(8192).nullable(),
  /** Whose slips the booth believes at first, PEM; left out where the desk has made none yet. */
  slipIssuers: z.string().max(SLIP_ISSUERS_LIMIT).optional(),
  /** The devices that the booth may use; null: any. */
  devices: z.array(DevicePattern).max(64).nullable(),
  /** UTC, whole seconds: when it was signed, and after when no booth is made from it. */
  at: z.iso.datetime({ precision: 0 }),
  notAfter: z.iso.datetime({ precision: 0 }),
});
export type BoothProfile = z.infer<typeof BoothProfile>;

/** Hex digits of the root's fingerprint that must be brought another way than the profile. */
const leastPinned = 16;

/** Signs a profile with an officer's key; the text that goes into the file. */
export async function signProfile(
  profile: Omit<BoothProfile, "format" | "at">,
  at: Date,
  officer: PrivateKeyHandle,
): Promise<string> {
  const whole = BoothProfile.parse({ format: "kabina-profile/2", ...profile, at: toInstant(at) });
  return encodeSigned(await signDocument(whole, officer, at));
}

/**
 * Reads a profile and believes it when its root has the pinned fingerprint and one of that root's officers signed it. Throws
 * `profile/pin-short`, `profile/root-differs`, `profile/expired`, `slip/issuers-malformed`, `receipt/…`, `certificate/…`.
 */
export function readProfile(
  text: string,
  pinned: string,
  now: Date,
): { profile: BoothProfile; trust: Trust; officer: string } {
  const digits = pinned.toLowerCase().replace(/[^0-9a-f]/g, "");
  if (digits.length < leastPinned) throw new KabinaError("profile/pin-short", { least: leastPinned });
  const signed = decodeSigned(text);
  const claimed = decodeDocument(signed.document, BoothProfile);
  const root = Certificate.fromPem(claimed.trust.root)[0]!;
  if (!root.sha256.startsWith(digits)) throw new KabinaError("profile/root-differs", { found: root.sha256 });
  const { value, signer } = verifyDocument(signed, BoothProfile, ({ at }) => at, oids.kabinaStaffSigning, {
    anchors: [root],
  });
  if (now > new Date(value.notAfter)) throw new KabinaError("profile/expired", { until: value.notAfter });
  if (value.slipIssuers !== undefined) parseSlipIssuers(value.slipIssuers);
  const one = (text_: string) => Certificate.fromPem(text_)[0]!;
  const trust = {
    root,
    booths: one(value.trust.booths),
    servers: one(value.trust.servers),
    former: { roots: [], booths: [], servers: [] },
    recipients: value.trust.recipients.map(one),
  };
  for (const certificate of [trust.booths, trust.servers])
    if (!certificate.isSignedBy(root))
      throw new KabinaError("certificate/issuer-unknown", { subject: certificate.commonName ?? "" });
  return { profile: value, trust, officer: signer.commonName ?? "" };
}
