import { NDJSON } from './ndjson.js';

type Examples = Record<string, { value: unknown }>;

/** Formats of {@link byFormat}, by what their media types end with. */
const ENDS: Record<string, string> = { ndjson: NDJSON, json: '/json', yaml: 'yaml', env: '/plain' };

/** Examples of one body in several formats, each of which the document shows at the media types of its format only. */
export const byFormat = (examples: Readonly<Record<string, string>>): Examples =>
  Object.fromEntries(Object.entries(examples).map(([format, value]) => [format, { value }]));

/** Those that are examples of this media type. */
export const examplesAt = (type: string, examples: Examples): Examples =>
  Object.fromEntries(
    Object.entries(examples).filter(([name]) => ENDS[name] === undefined || type.endsWith(ENDS[name])),
  );
