/** What needs two officers (`proposals.ts` carries it out). */
import { z } from "zod";
import { roles } from "../staff/roles.ts";

/** Why a certificate is taken back, of RFC 5280's reasons. */
export const revocable = [
  "unspecified",
  "keyCompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
] as const;

const personId = z.string().regex(/^[a-z0-9-]{1,64}$/);

export const Proposal = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("office.revoke"),
    office: z.string().min(1).max(128),
    since: z.iso.datetime().nullable(),
  }),
  z.strictObject({
    kind: z.literal("issuer.revoke-all"),
    issuer: z.enum(["booths", "sensors", "staff"]),
    since: z.iso.datetime().nullable(),
  }),
  z.strictObject({
    kind: z.literal("staff.add"),
    id: personId,
    name: z.string().min(1).max(128),
    roles: z.array(z.enum(roles)).min(1).max(roles.length),
  }),
  /** `since`: from when what they did is doubted, and looked at again. */
  z.strictObject({ kind: z.literal("staff.disable"), id: personId, since: z.iso.datetime().nullable().optional() }),
  /** A lost passkey: every way in is taken back, whoever approved gets a code for the person. */
  z.strictObject({ kind: z.literal("staff.renew"), id: personId }),
  /** Everything captured for a case, before its time; `reason`: a word or two, no names. */
  z.strictObject({
    kind: z.literal("case.erase"),
    caseId: z.string().regex(/^C-[0-9a-f]{12}$/),
    reason: z.string().regex(/^[a-z0-9-]{1,64}$/),
  }),
  /** What the server has of a case, as it came: the sealed package, its decision and its history; nothing is opened for it. */
  z.strictObject({
    kind: z.literal("case.export"),
    caseId: z.string().regex(/^C-[0-9a-f]{12}$/),
    reason: z.string().regex(/^[a-z0-9-]{1,64}$/),
  }),
  /** A server's certificate, whom every booth believes. */
  z.strictObject({
    kind: z.literal("certificate.revoke"),
    serial: z.string().regex(/^[0-9a-f]{2,64}$/),
    reason: z.enum(revocable),
    since: z.iso.datetime().nullable(),
  }),
  /** The key on a person's card; `request`: base64 of what the card's key signed (PKCS#10). `keyId`: as the server found it there. */
  z.strictObject({
    kind: z.literal("staff.certify"),
    id: personId,
    keyId: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    request: z.base64().max(12_000),
  }),
  /** A policy that should not have been (0: the one that comes with the software): what was captured under it since then is looked at again. `since` null: from when it came into force. */
  z.strictObject({
    kind: z.literal("policy.doubt"),
    version: z.int().min(0).max(1_000_000),
    since: z.iso.datetime().nullable(),
  }),
  /** The server's audit log as files, fetched by an officer once approved. */
  z.strictObject({ kind: z.literal("audit.export") }),
]);
export type Proposal = z.infer<typeof Proposal>;

/** What is told of a proposal where there is no room for a whole request: the key that it names says which. */
export function proposalTold(proposal: Proposal): Partial<Proposal> {
  if (proposal.kind !== "staff.certify") return proposal;
  const { request: _, ...told } = proposal;
  return told;
}
