/** What a change of policy changes, value by value: what an officer reads before signing. Runs in a browser too. */
export interface Difference {
  /** Names from the top, with dots: `fingers.maxTries`. */
  readonly path: string;
  /** JSON of the value; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** By path. `before` and `after` are JSON values; undefined where there is nothing. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, fresh] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return paths
    .map((path) => ({ path, before: old.get(path) ?? null, after: fresh.get(path) ?? null }))
    .filter((change) => change.before !== change.after);
}

function leavesOf(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (inner: unknown, path: string): void => {
    if (inner !== null && typeof inner === "object")
      for (const [name, deeper] of Object.entries(inner)) walk(deeper, path === "" ? name : `${path}.${name}`);
    else if (inner !== undefined) found.set(path, JSON.stringify(inner));
  };
  // An empty list or group has nothing to say: what goes from it or comes into it is named by itself.
  walk(value, "");
  return found;
}
