/** Renewals that a test hands to another process. */

/** Milliseconds after their first certificates at which booths renew. */
export const LATER_MS = 3 * 60 * 60_000;

/** Where an office dies: all signed; half of them entered; all entered with their events, not committed; committed, nobody told. */
export const dyingPoints = ["signed", "entered", "noted", "durable"] as const;
export type DyingPoint = (typeof dyingPoints)[number];

/** The certificate that a booth holds and its request, base64. */
export interface Renewal {
  readonly held: string;
  readonly request: string;
}
