import { createHash } from "node:crypto";
import { SessionPolicy } from "./session-policy.ts";

/** Lower-case hex SHA-256 of a policy's JSON; goes into every package made under it. */
export function policyHash(policy: SessionPolicy): string {
  return createHash("sha256")
    .update(JSON.stringify(SessionPolicy.parse(policy)))
    .digest("hex");
}
