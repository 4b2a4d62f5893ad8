import { createHash } from 'node:crypto';
import { nameAsWords } from './static/tokenizer.js';

/** What is read of an entry to make its text. */
export interface TextSource {
  name: string;
  title: string | null;
  description: string | null;
  tags: readonly string[];
  feature: string | null;
}

/** Measured: more letters find no better. */
const LONGEST = 800;

/** `title. name split. description. tags. feature`: what stands for an entry in the vector index. */
export function textOf({ name, title, description, tags, feature }: TextSource): string {
  const parts = [
    title,
    nameAsWords(name),
    description,
    tags.map(nameAsWords).join(' '),
    feature && nameAsWords(feature),
  ];
  return parts
    .filter((part) => part)
    .join('. ')
    .replace(/\s+/g, ' ')
    .slice(0, LONGEST);
}

/** Tells whether a text is the one that was embedded; 16 bytes. */
export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, 16);
