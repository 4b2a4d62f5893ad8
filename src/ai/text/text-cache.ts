import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const MOST_BYTES = 32 * 1024 * 1024;
/** What an answer costs beside its own size. */
const ENTRY_BYTES = 200;

interface Kept {
  value: unknown;
  bytes: number;
}

/**
 * What was worked out of a text, by task, model and hash of the text: the same text is not read twice. Only for answers
 * that follow from text and model alone; what depends on the catalog or the caller is never kept.
 */
@Injectable()
export class TextCache {
  private readonly kept = new LRUCache<string, Kept>({ maxSize: MOST_BYTES, sizeCalculation: ({ bytes }) => bytes });
  private asked = 0;
  private answered = 0;

  /** `bytes` says what a value takes. */
  async remember<T>(
    task: string,
    model: string,
    text: string,
    make: () => Promise<T>,
    bytes: (value: T) => number,
  ): Promise<T> {
    const key = keyOf(task, model, text);
    const known = this.find<T>(key);
    if (known) return known.value;
    const value = await make();
    this.keep(key, value, bytes(value));
    return value;
  }

  /** As {@link remember} for many texts: `make` is asked for the unknown ones together, in their order. */
  async rememberAll<T>(
    task: string,
    model: string,
    texts: readonly string[],
    make: (unknown: string[]) => Promise<T[]>,
    bytes: (value: T) => number,
  ): Promise<T[]> {
    const keys = texts.map((text) => keyOf(task, model, text));
    const known = keys.map((key) => this.find<T>(key));
    const unknown = [...known.keys()].filter((at) => known[at] === undefined);
    const made = unknown.length > 0 ? await make(unknown.map((at) => texts[at])) : [];
    const answers = known.map((one) => one?.value);
    for (const [n, at] of unknown.entries()) {
      answers[at] = made[n];
      this.keep(keys[at], made[n], bytes(made[n]));
    }
    return answers as T[];
  }

  get figures(): { entries: number; bytes: number; hit_rate: number | null } {
    return {
      entries: this.kept.size,
      bytes: this.kept.calculatedSize,
      hit_rate: this.asked === 0 ? null : Number((this.answered / this.asked).toFixed(3)),
    };
  }

  private find<T>(key: string): { value: T } | undefined {
    this.asked++;
    const known = this.kept.get(key);
    if (known) this.answered++;
    return known as { value: T } | undefined;
  }

  private keep(key: string, value: unknown, bytes: number): void {
    this.kept.set(key, { value, bytes: bytes + ENTRY_BYTES });
  }
}

const keyOf = (task: string, model: string, text: string): string =>
  `${task}|${model}|${createHash('sha256').update(text).digest('base64url')}`;
