/** The rank of each place, from 1 for the greatest value; of equal ones the smaller place comes first. */
export function rankOf(values: Float64Array): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => values[b] - values[a] || a - b);
  const rank = new Uint32Array(values.length);
  order.forEach((place, i) => (rank[place] = i + 1));
  return rank;
}
