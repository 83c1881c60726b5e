/** What the network's page and the server say to each other, under `/api/network` (who may: `server/staff/roles.ts`). No personal data. */
import { z } from "zod";

const Count = z.number().int().nonnegative();
const Instant = z.iso.datetime();

export const periods = [7, 30, 90] as const;

/** What came from one place: an office, or where a mobile one stood. */
export const PlaceCounts = z.object({
  office: z.string(),
  name: z.string(),
  /** To a hundredth of a degree, about a kilometre; null where the booth had no fix. */
  position: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
  booths: z.array(z.string()),
  /** Enrolments that came, and what became of them so far. */
  received: Count,
  waiting: Count,
  accepted: Count,
  retake: Count,
  escalated: Count,
  /** Documents that were ordered. */
  ordered: Count,
  /** Median milliseconds from sealing to arrival, and from arrival to the decision; null without any. */
  deliveryMs: z.number().nullable(),
  decisionMs: z.number().nullable(),
  lastAt: Instant,
  /** Days of UTC with enrolments, the latest first. */
  days: z.array(z.object({ day: z.iso.date(), received: Count, ordered: Count })),
});
export type PlaceCounts = z.infer<typeof PlaceCounts>;

export const Network = z.object({
  at: Instant,
  /** Packages that arrived from then on are counted. */
  since: Instant,
  places: z.array(PlaceCounts),
});
export type Network = z.infer<typeof Network>;
