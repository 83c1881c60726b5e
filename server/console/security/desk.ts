import type { z } from "zod";

/** What each part of the page gets: how to act, and whether this person may. */
export interface Desk {
  /** Does something and looks again; undefined when it was refused, which the page has said. */
  act: <S extends z.ZodType>(schema: S, path: string, body?: unknown) => Promise<z.output<S> | undefined>;
  mayAct: boolean;
  own: string;
}
