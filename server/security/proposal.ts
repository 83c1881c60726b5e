/** What needs two officers (`proposals.ts` carries it out). */
import { z } from "zod";
import { roles } from "../staff/roles.ts";

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
  /** The server's audit log as files, fetched by whoever approved. */
  z.strictObject({ kind: z.literal("audit.export") }),
]);
export type Proposal = z.infer<typeof Proposal>;
