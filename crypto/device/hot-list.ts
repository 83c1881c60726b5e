/**
 * The hot-list of devices: which are not to be used, since when, and why. A target of the updates repository (`hot-list.json`), signed by
 * two officers as the policy is. docs/formats/device.md.
 */
import { z } from "zod";
import { KabinaError } from "../errors/kabina-error.ts";
import { type DeviceIdentity, DevicePattern, isMeant } from "./device.ts";

/** Its name in the repository. */
export const HOT_LIST_TARGET = "hot-list.json";

/** UTC, whole seconds. */
const instant = z.iso.datetime({ precision: 0, offset: false });
export const longestLifeDays = 180;
const day = 24 * 60 * 60_000; // ms

export const HotListEntry = z.strictObject({
  /** The entry's own name, which alarms and verdicts quote. */
  id: z.string().regex(/^[a-z0-9-]{1,64}$/),
  devices: DevicePattern,
  reason: z.enum(["stolen", "compromised", "defective", "withdrawn"]),
  /** From this moment on, the suspected one, nothing that the device captured is believed. */
  since: instant,
  /** The first moment at which it is believed again; null: for good. A device is taken off by a date, so that what it did meanwhile stays judged. */
  until: instant.nullable(),
  /** For officers: a report's number, who noticed. */
  note: z.string().max(200),
});
export type HotListEntry = z.infer<typeof HotListEntry>;

export const HotList = z
  .strictObject({
    format: z.literal("kabina-hot-list/1"),
    issuedAt: instant,
    /** A booth goes on with an older list, and says in each package that it was old. */
    expires: instant,
    entries: z.array(HotListEntry).max(5000),
  })
  .superRefine(({ issuedAt, expires, entries }, context) => {
    const wrong = (message: string) => context.addIssue({ code: "custom", message });
    const life = Date.parse(expires) - Date.parse(issuedAt);
    if (!(life > 0 && life <= longestLifeDays * day))
      wrong(`holds more than ${longestLifeDays} days, or ends before it begins`);
    if (new Set(entries.map(({ id }) => id)).size !== entries.length) wrong("two entries of one name");
    for (const { id, since, until } of entries)
      if (until !== null && until <= since) wrong(`${id} ends before it begins`);
  });
export type HotList = z.infer<typeof HotList>;

/** Reads a list. Throws `hot-list/malformed`. */
export function decodeHotList(bytes: Uint8Array): HotList {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new KabinaError("hot-list/malformed", { reason: "not JSON" }, { cause });
  }
  const parsed = HotList.safeParse(value);
  if (!parsed.success)
    throw new KabinaError("hot-list/malformed", {
      reason: z.prettifyError(parsed.error).replaceAll("\n", " ").slice(0, 300),
    });
  return parsed.data;
}

/** The first entry that means a device at a moment; undefined when none does. */
export function hotListed(list: HotList, device: DeviceIdentity, at: Date): HotListEntry | undefined {
  const ms = at.getTime();
  return list.entries.find(
    ({ devices, since, until }) =>
      isMeant(devices, device) && ms >= Date.parse(since) && (until === null || ms < Date.parse(until)),
  );
}
