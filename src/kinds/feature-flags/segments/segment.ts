import { clauseOf } from '../definition/flag-definitions.js';
import type { FlagClause } from '../definition/flag-rule.dto.js';
import type { SegmentDefinition } from '../engine/flag-definition.js';
import type { UnleashConstraint } from '../engine/unleash/unleash-format.js';

/** What a segment says of who is in it, as it is stored and answered. */
export interface SegmentSettings {
  included?: string[] | null;
  excluded?: string[] | null;
  clause?: FlagClause | null;
  constraints?: Record<string, unknown>[] | null;
}

export interface SegmentRow {
  id: string;
  uid: string;
  key: string;
  name: string | null;
  description: string | null;
  definition: SegmentSettings;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

/** A segment in the engine's words. */
export const segmentDefinition = ({
  key,
  name,
  definition,
}: Pick<SegmentRow, 'key' | 'name' | 'definition'>): SegmentDefinition => ({
  key,
  name: name ?? undefined,
  included: definition.included ?? undefined,
  excluded: definition.excluded ?? undefined,
  clause: definition.clause ? clauseOf(definition.clause) : undefined,
  unleash: (definition.constraints as unknown as UnleashConstraint[] | null | undefined) ?? undefined,
});
