import { EnumField, IntegerField, NestedField, NestedListField, NumberField, TextField } from '../../../platform/http/fields.js'; // prettier-ignore
import { FIELD_NAME, VALUE_MATCHES } from './route-match.dto.js';
import type { ValueMatch } from './route-match.dto.js';

export const SPLIT_TYPES = ['percentage', 'header', 'cookie'] as const;
export type SplitType = (typeof SPLIT_TYPES)[number];

/** One branch. Of a `percentage` split it has a percentage, else the name of a header or cookie and what it must hold. */
export class MeshSplitRule {
  @TextField({
    required: true,
    min: 1,
    max: 300,
    description: "Name of a destination of the route: its name, or else its subset, service or host:port. Of several of that name their weights decide.", // prettier-ignore
    example: 'canary',
  })
  destination: string;
  @NumberField({ min: 0, max: 100, description: 'Of a percentage split.', example: 20 }) percentage?: number | null;
  @TextField({ ...FIELD_NAME, description: 'Of the header or cookie.', example: 'x-canary' }) name?: string | null;
  @EnumField(VALUE_MATCHES, { description: 'exact when left out, present without a value.', example: 'exact' })
  match?: ValueMatch | null;
  @TextField({ max: 1024, trim: false, description: 'A regex (RE2) matches the whole value.', example: '1' })
  value?: string | null;
}

export class MeshSticky {
  @TextField({ required: true, ...FIELD_NAME, example: 'orders_split' }) cookie: string;
  @IntegerField({
    min: 1,
    max: 31_536_000,
    description: 'How long a branch is kept; as long as the browser runs when left out.',
    example: 86_400,
  })
  ttl_seconds?: number | null;
}

/** How requests are shared among the destinations of a route, beside their weights. */
export class MeshTrafficSplit {
  @EnumField(SPLIT_TYPES, { required: true, example: 'percentage' }) type: SplitType;
  @NestedListField(() => MeshSplitRule, {
    required: true,
    most: 50,
    description:
      'Headers and cookies are tried in order; who matches none is sent by the weights. Percentages sum up to 100 at most; the rest goes by weight to destinations no rule names.',
  })
  rules: MeshSplitRule[];
  @NestedField(() => MeshSticky, { description: 'Who was sent to a branch is sent there again, by a cookie.' })
  sticky?: MeshSticky | null;
}
