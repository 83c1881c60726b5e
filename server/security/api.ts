/** What the security officer's page and the server say to each other, under `/api/security` (who may: `server/staff/roles.ts`). */
import { z } from "zod";
import { DeviceKind } from "../../crypto/device/device.ts";
import { HotList } from "../../crypto/device/hot-list.ts";
import { CabinetState, TamperEvent } from "../../crypto/device/tamper.ts";
import { policyFaultKinds } from "../../crypto/policy/policy-faults.ts";
import { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import { CaseState, Look } from "../review/api.ts";
import { Proposal, revocable } from "./proposal.ts";

const Instant = z.iso.datetime();

/** A key: where it is, how it is kept, until when it is certified, and what would be lost with it. */
export const KeyShown = z.object({
  purpose: z.string(),
  place: z.enum(["authority", "server", "root"]),
  keyId: z.string(),
  /** `away`: not on this machine, as the root should be. */
  protection: z.enum(["file", "pkcs11", "tpm", "away"]),
  state: z.enum(["current", "pending", "former"]),
  notAfter: Instant.nullable(),
  /** When it is to be replaced; null of one that was. */
  dueAt: Instant.nullable(),
});
export type KeyShown = z.infer<typeof KeyShown>;

export const CertificateShown = z.object({
  serial: z.string(),
  issuer: z.string(),
  name: z.string(),
  office: z.string().nullable(),
  keyId: z.string(),
  sha256: z.string(),
  notBefore: Instant,
  notAfter: Instant,
  revokedAt: Instant.nullable(),
  reason: z.string().nullable(),
  invalidSince: Instant.nullable(),
});
export type CertificateShown = z.infer<typeof CertificateShown>;

export const BoothShown = z.object({
  booth: z.string(),
  /** The certificate that ends last; null when the booth holds none. */
  certificate: CertificateShown.nullable(),
  seenAt: Instant.nullable(),
  policyVersion: z.number().nullable(),
  /** The booth's clock less the server's, milliseconds. */
  clockOffsetMs: z.number().nullable(),
  packages: z.number(),
  /** Devices that are not as they should be, as the booth said last; null while it has said nothing. */
  troubled: z.array(z.object({ kind: DeviceKind, state: z.string(), code: z.string().nullable() })).nullable(),
  /** Its tamper inputs: the cabinet as it said last, and what happened that no officer has seen to; null while it has said nothing. */
  tamper: z.object({ cabinet: CabinetState, events: z.array(TamperEvent) }).nullable(),
  /** Its audit log as the server has witnessed it; null when it never came. */
  log: z
    .object({
      cosigned: z.number(),
      cosignedAt: Instant.nullable(),
      held: z.number(),
      unlogged: z.array(z.string()),
      awaited: z.array(z.string()),
      faults: z.array(z.object({ at: Instant, code: z.string(), size: z.number() })),
    })
    .nullable(),
});
export type BoothShown = z.infer<typeof BoothShown>;

export const RequestShown = z.object({
  id: z.string(),
  issuer: z.string(),
  name: z.string(),
  keyId: z.string(),
  askedAt: Instant,
  address: z.string(),
});
export type RequestShown = z.infer<typeof RequestShown>;

export const ProposalShown = z.object({
  id: z.string(),
  proposal: Proposal,
  proposedBy: z.string(),
  proposedAt: Instant,
  state: z.enum(["waiting", "approved", "refused", "done", "failed", "expired"]),
  decidedBy: z.string().nullable(),
  decidedAt: Instant.nullable(),
  /** What came of it: a folder, a case, how many; or the code of what went wrong. */
  outcome: z.string().nullable(),
  /** What went wrong, in the reader's language; null of what did not fail. */
  failure: z.object({ cause: z.string(), next: z.string() }).nullable(),
});
export type ProposalShown = z.infer<typeof ProposalShown>;

export const PersonShown = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  state: z.enum(["active", "disabled"]),
  demonstration: z.boolean(),
  passkeys: z.number(),
});
export type PersonShown = z.infer<typeof PersonShown>;

export const Overview = z.object({
  at: Instant,
  keys: z.array(KeyShown),
  booths: z.array(BoothShown),
  requests: z.array(RequestShown),
  ending: z.array(CertificateShown),
  endingDays: z.number(),
  proposals: z.array(ProposalShown),
  people: z.array(PersonShown),
  /** Cases to be looked at again. */
  looks: z.number().int(),
  policy: z.array(z.object({ role: z.string(), version: z.number(), expires: Instant })),
  alarms: z.array(z.object({ at: Instant, booth: z.string(), code: z.string() })),
});
export type Overview = z.infer<typeof Overview>;

export const AuditFound = z.object({
  /** Entries that were checked on the way, and the root they led to. */
  verified: z.object({ entries: z.number(), root: z.string(), unsigned: z.number() }),
  entries: z.array(
    z.object({
      index: z.number(),
      at: Instant,
      kind: z.string(),
      data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
});
export type AuditFound = z.infer<typeof AuditFound>;

const Signer = z.object({
  keyId: z.string(),
  /** Null where the authority for staff never certified the key. */
  person: z.string().nullable(),
});

/** The booths' policy: what is in force, and what waits for signatures. */
export const PolicyShown = z.object({
  /** False: no officers were named yet (`kabina policy begin`), so nothing can be signed. */
  begun: z.boolean(),
  /** Of the officers' targets; null while nothing was published. */
  version: z.number().int().nullable(),
  policy: SessionPolicy,
  /** No policy was signed: booths use the one that comes with their software. */
  builtIn: z.boolean(),
  /** The hot-list of devices in force; null while none was signed. */
  hotList: HotList.nullable(),
  officers: z.array(Signer),
  threshold: z.number().int(),
  draft: z
    .object({
      version: z.number().int(),
      /** Hex SHA-256 of the bytes that are signed. */
      hash: z.string(),
      /** As they will stand; null where there is none. */
      policy: SessionPolicy.nullable(),
      hotList: HotList.nullable(),
      /** Files that change besides these two, by name. */
      others: z.array(z.string()),
      signedBy: z.array(Signer),
    })
    .nullable(),
});
export type PolicyShown = z.infer<typeof PolicyShown>;

/** What the form proposes. The desk looks at each part closely: `policyFaults`, `hotListFaults`. */
export const PolicyProposal = z.strictObject({
  policy: z.unknown(),
  hotList: z.strictObject({
    entries: z.array(z.unknown()).max(5000),
    /** Sign the list anew although no entry changed, before it expires. */
    renew: z.boolean(),
  }),
});

/** Why a policy cannot be proposed, field by field. */
export const PolicyRefusal = z.object({
  error: z.object({
    code: z.string(),
    cause: z.string(),
    next: z.string(),
    fields: z.array(
      z.object({
        path: z.string(),
        kind: z.enum(policyFaultKinds),
        limit: z.union([z.number(), z.string()]).nullable(),
      }),
    ),
  }),
});
export type PolicyRefusal = z.infer<typeof PolicyRefusal>;

/** What whoever approves a key on a card has compared: digits of its fingerprint, as its holder shows them. */
export const Compared = z.strictObject({ compared: z.string().max(128) });

/** What `kabina policy sign-file` writes. */
export const PolicySignature = z.strictObject({
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** DER, hex. */
  signature: z.string().regex(/^([0-9a-f]{2}){8,512}$/),
});
export type PolicySignature = z.infer<typeof PolicySignature>;

/** Cases whose booth, sensor or device was taken back after the fact (docs/formats/package.md §12), and places missing in booths' lines. */
export const LookAgain = z.object({
  /** Those that nobody has looked at, then the latest of the others. */
  items: z.array(
    Look.extend({
      caseId: z.string(),
      packageId: z.string(),
      booth: z.string(),
      /** When the booth says it was sealed, and when it was here. */
      claimedAt: Instant,
      receivedAt: Instant,
      state: CaseState,
      /** `again`: decided after the doubt was raised. */
      decision: z.object({ kind: z.string(), by: z.string(), at: Instant, again: z.boolean() }).nullable(),
    }),
  ),
  gaps: z.array(z.object({ booth: z.string(), chain: z.string(), first: z.number(), last: z.number() })),
});
export type LookAgain = z.infer<typeof LookAgain>;

export const Approve = z.strictObject({ compared: z.string().max(128), office: z.string().min(1).max(128).nullable() });
export const Revoke = z.strictObject({
  reason: z.enum(revocable),
  since: Instant.nullable(),
});
export const DrillRequest = z.strictObject({ booth: z.string().min(1).max(64), since: Instant });
export const DrillDone = z.object({
  booth: z.string(),
  since: Instant,
  revoked: z.array(z.string()),
  steps: z.array(z.object({ what: z.string(), atMs: z.number() })),
  packages: z.array(
    z.object({ packageId: z.string(), sealedAt: z.string(), receivedAt: z.string(), suspect: z.boolean() }),
  ),
  totalMs: z.number(),
  next: z.literal("re-key"),
});
export type DrillDone = z.infer<typeof DrillDone>;
export const Outcome = z.object({ text: z.string(), code: z.string().optional() });
