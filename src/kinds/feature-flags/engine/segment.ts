import { ClauseCompiler } from './conditions/clause.js';
import { attributeReader, textOf } from './context.js';
import { listed, named } from './definition-error.js';
import type { SegmentDefinition } from './flag-definition.js';
import { LIMITS } from './limits.js';
import type { CompiledSegment } from './run.js';
import { unleashConstraints } from './unleash/unleash-constraint.js';

const readKey = attributeReader('targetingKey');

/** Throws a DefinitionError. */
export function compileSegment(segment: SegmentDefinition): CompiledSegment {
  const key = named(segment.key, 'key', LIMITS.name);
  if (segment.unleash) {
    const { test, changes } = unleashConstraints(segment.unleash, 'unleash');
    return { key, segments: [], changes, includes: test };
  }
  const compiler = new ClauseCompiler();
  const test = segment.clause && compiler.compile(segment.clause, 'clause');
  const included = new Set(listed(segment.included, 'included', LIMITS.values));
  const excluded = new Set(listed(segment.excluded, 'excluded', LIMITS.values));
  return {
    key,
    segments: [...compiler.segments],
    changes: compiler.changes,
    includes: (run) => {
      run.trace?.begin('segment', key);
      const asker = textOf(readKey(run.context)) ?? '';
      const listedOut = excluded.has(asker);
      const listedIn = !listedOut && included.has(asker);
      const member = !listedOut && (listedIn || test?.(run) === true);
      run.trace?.end(
        member,
        listedOut ? 'the key is excluded' : listedIn ? 'the key is included' : member ? 'is a member' : 'is no member',
      );
      return member;
    },
  };
}
