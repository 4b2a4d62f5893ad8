/** Numbers from 0 to 1 that are the same every time (mulberry32): results that can be told and tested. */
export function repeatableChance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The numbers below `size` in an order that is the same every time (Fisher and Yates, Durstenfeld 1964). */
export function shuffled(size: number, chance: () => number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const other = Math.floor(chance() * (i + 1));
    const held = order[i];
    order[i] = order[other];
    order[other] = held;
  }
  return order;
}
