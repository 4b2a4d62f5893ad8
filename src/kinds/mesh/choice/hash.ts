/**
 * A 32-bit number of a text: FNV-1a with the finisher of MurmurHash3, so that texts which differ in their last character
 * differ in every bit. The same in every replica and version: draws are made by it.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From 0 up to but without 1. */
export const drawOf = (text: string): number => hashOf(text) / 0x1_0000_0000;
