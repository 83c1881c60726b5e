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
  z.strictObject({ kind: z.literal("staff.disable"), id: personId }),
]);
export type Proposal = z.infer<typeof Proposal>;
