/**
 * What was worked out about certificates met before: the same few come with every package, and reading a key or checking an
 * authority's signature again gives the same answer. Bounded, so that nobody fills it with certificates of their own.
 */
const most = 512;

/** The value made for a key before, or made now; what throws is not kept. */
export function remembered<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  return remember(cache, key, make());
}

/** Keeps a value for a key, in place of the oldest when there are too many. */
export function remember<T>(cache: Map<string, T>, key: string, value: T): T {
  const oldest = cache.size >= most ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(key, value);
  return value;
}
