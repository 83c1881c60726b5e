/** Policy and hot-list as one tree of values, so that one comparison shows what a proposal changes in both. */
import type { HotListEntry } from "../../../crypto/device/hot-list.ts";

/** Entries by their names: what is moved in the list is no change. */
export function treeOf(policy: unknown, entries: readonly unknown[]): unknown {
  const named = entries as readonly HotListEntry[];
  return {
    ...(policy as object),
    hotList: Object.fromEntries(named.map(({ id, until, note, ...entry }) => [id, { ...entry, until, note }])),
  };
}
