/**
 * Brings the value that would stand at `rank` of the sorted list to that place, smaller or equal ones before it and larger or equal ones
 * behind it (Hoare's selection): a median or the upper tenth without sorting all. In place.
 * @returns the value
 */
export function selectRank(values: Float32Array, rank: number): number {
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let [low, high] = [from, to];
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const value = values[low]!;
      values[low++] = values[high]!;
      values[high--] = value;
    }
    if (rank <= high) to = high;
    else if (rank >= low) from = low;
    else break;
  }
  return values[rank]!;
}
