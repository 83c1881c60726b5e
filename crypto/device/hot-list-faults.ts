/** Everything that is wrong with the entries of a hot-list, for a form to show each beside its field. Runs in a browser too. */
import { faultsOf, type PolicyFault } from "../policy/policy-faults.ts";
import { HotListEntry } from "./hot-list.ts";

/**
 * Paths begin with the entry's number: `0.since`. `standing`: the entries in force, which come off the list by a date and not by being left
 * out, so that what a device did meanwhile stays judged.
 */
export function hotListFaults(entries: readonly unknown[], standing: readonly HotListEntry[]): PolicyFault[] {
  const faults: PolicyFault[] = [];
  const ids = new Set<string>();
  entries.forEach((entry, at) => {
    const parsed = HotListEntry.safeParse(entry);
    if (!parsed.success) {
      for (const fault of parsed.error.issues.flatMap(faultsOf))
        faults.push({ ...fault, path: `${at}.${fault.path}`, kind: fault.kind === "twice" ? "missing" : fault.kind });
      return;
    }
    const { id, since, until } = parsed.data;
    if (ids.has(id)) faults.push({ path: `${at}.id`, kind: "twice", limit: null });
    ids.add(id);
    if (until !== null && until <= since) faults.push({ path: `${at}.since`, kind: "not-below", limit: `${at}.until` });
  });
  for (const { id } of standing) if (!ids.has(id)) faults.push({ path: id, kind: "missing", limit: null });
  return faults;
}
