/**
 * What was worked out about certificates met before: the same few come with every package, and reading a key or checking an
 * authority's signature again gives the same answer. Bounded, so that nobody fills it with certificates of their own.
 */
const most = 512;

/** The value made for a key before, or made now; what throws is not kept. */
export function remembered<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  const oldest = cache.size >= most ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(key, made);
  return made;
}
