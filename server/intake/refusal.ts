/** How a failure of the intake goes back to a booth: an HTTP status and an `IntakeRefusal`. */
import type { IntakeRefusal } from "../../crypto/delivery/answers.ts";
import { type ErrorDetail, isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { isDiskFull } from "../store/database.ts";

/** tus 1.0, checksum extension: "460 Checksum Mismatch". */
const CHECKSUM_MISMATCH = 460;

/** Failures that pass by themselves, with their status; every other coded failure is about the bytes and stays. */
const PASSING: Readonly<Record<string, number>> = {
  "intake/certificate-missing": 401,
  "intake/certificate-foreign": 403,
  "intake/certificate-expired": 403,
  "intake/certificate-purpose": 403,
  "intake/certificate-revoked": 403,
  "intake/block-mismatch": CHECKSUM_MISMATCH,
  "intake/upload-unknown": 404,
  "intake/receipt-unknown": 404,
  "intake/route-unknown": 404,
  "intake/too-many-uploads": 429,
  "intake/disk-full": 507,
  "intake/failed": 500,
};

/** Failures that stay, whose status says more than 422. */
const STAYING: Readonly<Record<string, number>> = {
  "delivery/package-too-large": 413,
  "delivery/head-too-large": 413,
  "intake/offer-too-large": 413,
  "intake/booth-differs": 403,
  "intake/package-differs": 409,
};

export interface Refusal {
  readonly status: number;
  readonly body: IntakeRefusal;
}

/** Turns any thrown value into a refusal; what has no code tells nothing of itself. */
export function refusalOf(thrown: unknown): Refusal {
  const error = isDiskFull(thrown) ? new KabinaError("intake/disk-full") : thrown;
  if (!isCoded(error)) return refusal(500, "intake/failed", {}, false);
  if (error.code === "intake/protocol") return refusal(Number(error.details.status), error.code, error.details, false);
  const passing = PASSING[error.code];
  if (passing !== undefined) return refusal(passing, error.code, error.details, false);
  return refusal(STAYING[error.code] ?? 422, error.code, error.details, true);
}

function refusal(
  status: number,
  code: string,
  details: Readonly<Record<string, ErrorDetail>>,
  permanent: boolean,
): Refusal {
  const plain = Object.entries(details).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]);
  return { status, body: { error: { code, details: Object.fromEntries(plain), permanent } } };
}
