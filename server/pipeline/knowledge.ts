/** What this server knows beyond a package itself: who was taken back, which devices are not to be used, what a booth has said before. */
import { join } from "node:path";
import type { PassLimits } from "../../biometrics/face/limits.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import type { DevicePattern } from "../../crypto/device/device.ts";
import { decodeHotList, HOT_LIST_TARGET, type HotList } from "../../crypto/device/hot-list.ts";
import type { Clock } from "../../crypto/environment.ts";
import { policyHash } from "../../crypto/policy/policy-hash.ts";
import { POLICY_TARGET, SessionPolicy } from "../../crypto/policy/session-policy.ts";
import { UpdateRepository } from "../../crypto/updates/repository.ts";
import type { Register } from "../register/register.ts";

/** A policy by the hash that packages name, and from when on it was in force. */
export interface KnownPolicy {
  readonly version: number;
  readonly hash: string;
  readonly since: Date;
  /** The portrait's limits in place of the software's own. */
  readonly pass: PassLimits;
}

export interface Knowledge {
  /** A certificate of the register; undefined of one that this server's authority did not issue, or where there is no authority. */
  certificate(sha256: string): Certificate | undefined;
  /** From when on what a member of staff did is doubted; undefined of one who is not. By number or id. */
  readonly staffDoubtedSince: (staff: string) => Date | undefined;
  /** From when on what was captured under a policy is doubted; undefined of one that is not. */
  readonly policyDoubtedSince: (policyHash: string) => Date | undefined;
  readonly revokedSince: (certificate: Certificate) => Date | null;
  readonly headHeardAt: (manifestSha256: string) => string | undefined;
  /** The devices that a booth's profile allowed at a moment; null: any, or none is on record here. */
  allowedDevices(booth: string, at: Date): readonly DevicePattern[] | null;
  /** Every policy that the officers have put in force, oldest first; empty where none was signed here. */
  policies(): Promise<readonly KnownPolicy[]>;
  /** The list that the officers signed last; null where there is none. */
  hotList(): Promise<HotList | null>;
}

/** @param folder `<data>/server` */
export function knowledgeOf(register: Register, folder: string, clock: Clock): Knowledge {
  const repository = new UpdateRepository(join(folder, "..", "authority", "updates"), clock);
  return {
    certificate: (sha256) => {
      const record = register.certificateOf(sha256);
      return record && new Certificate(record.der);
    },
    staffDoubtedSince: (staff) => register.doubtedStaff().get(staff),
    policyDoubtedSince: (hash) => register.doubtedPolicies().get(hash)?.since,
    revokedSince: register.revokedSince,
    headHeardAt: (manifestSha256) => register.headHeardAt(manifestSha256),
    allowedDevices: (booth, at) => register.allowedDevices(booth, at.toISOString()),
    policies: async () => {
      const published = register.publishedAt();
      return (await repository.history(POLICY_TARGET)).flatMap(({ version, content }) => {
        const policy = SessionPolicy.safeParse(JSON.parse(Buffer.from(content).toString("utf8")));
        const since = published.get(version);
        return policy.success && since !== undefined
          ? [{ version, hash: policyHash(policy.data), since: new Date(since), pass: policy.data.face.pass }]
          : [];
      });
    },
    hotList: async () => {
      const bytes = await repository.target(HOT_LIST_TARGET);
      return bytes ? decodeHotList(bytes) : null;
    },
  };
}
