const { imul } = Math;
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * MurmurHash3 x86 32 (Austin Appleby, public domain) of the text's UTF-8 bytes, unsigned. Several JavaScript libraries hash
 * UTF-16 units instead and differ beyond ASCII from what other languages' clients say.
 */
export function murmur3(text: string, seed = 0): number {
  const { length } = text;
  const blocks = length & ~3;
  let hash = seed;
  let seen = 0;
  for (let i = 0; i < blocks; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    hash = mixed(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) {
    const code = text.charCodeAt(i);
    seen |= code;
    tail = (tail << 8) | code;
  }
  return seen > 127 ? murmur3OfBytes(Buffer.from(text, 'utf8'), seed) : finished(hash, tail, length);
}

function murmur3OfBytes(bytes: Buffer, seed: number): number {
  const { length } = bytes;
  const blocks = length & ~3;
  let hash = seed;
  for (let i = 0; i < blocks; i += 4) hash = mixed(hash, bytes.readInt32LE(i));
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | bytes[i];
  return finished(hash, tail, length);
}

function scrambled(block: number): number {
  const k = imul(block, C1);
  return imul((k << 15) | (k >>> 17), C2);
}

function mixed(hash: number, block: number): number {
  const h = hash ^ scrambled(block);
  return (imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

const finished = (hash: number, tail: number, length: number): number => avalanche(hash ^ scrambled(tail) ^ length);

/** The last step of MurmurHash3: every bit of the input decides about every bit of the answer, unsigned; no two collide. */
export function avalanche(bits: number): number {
  let h = bits;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
