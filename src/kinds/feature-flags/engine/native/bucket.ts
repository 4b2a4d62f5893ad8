import { murmur3 } from '../../../../platform/hashing/murmur3.js';

/** Percentages have two decimals. */
export const BUCKETS = 10_000;
/** Variants are drawn by another hash than who takes part: else those of a small rollout would all get the first variant. */
const VARIANT_SEED = 86_028_157;

/** Where `<flag key>:<stickiness value>` falls, 1 to 10000. */
export const bucketOf = (text: string): number => (murmur3(text) % BUCKETS) + 1;

/** The last bucket that a percentage takes: raising it only adds buckets. */
export const limitOf = (percentage: number): number => Math.round(percentage * 100);

/** Where the text falls among variants, from 0 to below 1. */
export const drawOf = (text: string): number => murmur3(text, VARIANT_SEED) / 0x1_0000_0000;
