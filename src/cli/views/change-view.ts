import type { Change } from '../commands/follow-changes.js';
import { cellText } from '../output/fields.js';
import { column, type View } from '../output/view.js';

interface PatchStep {
  op: string;
  path: string;
  value?: unknown;
}

const MOST_CHARACTERS = 60;

export const changeView: View<Change> = {
  fields: [
    'seq',
    'type',
    'at',
    'actor',
    'entity',
    'relationship',
    'patch',
    'verb',
    'from',
    'to',
    'config_revision',
    'cause',
  ],
  columns: [
    column('AT', 'at'),
    column('TYPE', 'type'),
    { title: 'KEY', value: keyOf },
    { title: 'CHANGE', value: changeText },
    column('ACTOR', 'actor', { wide: true }),
    column('SEQ', 'seq', { right: true, wide: true }),
  ],
  name: keyOf,
};

/** Of what it tells: the entry's key, the relationship's ends. */
function keyOf({ entity, relationship, seq }: Change): string {
  if (entity) return entity.key;
  return relationship ? `${relationship.source_key} ${relationship.type} ${relationship.target_key}` : String(seq);
}

function changeText({ patch, verb, from, to }: Change): string {
  if (from !== undefined || to !== undefined) {
    return `${verb === undefined ? '' : `${cellText(verb)}: `}${cellText(from)} -> ${cellText(to)}`;
  }
  return patchText(patch as readonly PatchStep[] | undefined);
}

/** A JSON patch in few words: `status=inactive, -metadata.tier`. */
export function patchText(patch: readonly PatchStep[] | undefined): string {
  return (patch ?? [])
    .map(({ op, path, value }) => {
      const field = path.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
      if (op === 'remove') return `-${field}`;
      const text = cellText(value);
      return `${field}=${text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text}`;
    })
    .join(', ');
}
