/** The texts of the crypto room, a file per subject. */
import { certificatesErrors } from "./certificates.ts";
import { deliveryErrors } from "./delivery.ts";
import { deviceTrustErrors } from "./device-trust.ts";
import { keysErrors } from "./keys.ts";
import { packageErrors } from "./package.ts";
import { pkiErrors } from "./pki.ts";
import { recordsErrors } from "./records.ts";
import { successionErrors } from "./succession.ts";
import { tokensErrors } from "./tokens.ts";

export const cryptoErrors = {
  ...keysErrors,
  ...certificatesErrors,
  ...packageErrors,
  ...recordsErrors,
  ...deliveryErrors,
  ...pkiErrors,
  ...successionErrors,
  ...tokensErrors,
  ...deviceTrustErrors,
};
