import { attributeReader, textOf } from '../context.js';
import type { EvaluationContext } from '../evaluation.js';

type Read = (context: EvaluationContext) => string | undefined;

const properties = (context: EvaluationContext): EvaluationContext | undefined => {
  const inner = Object.hasOwn(context, 'properties') ? context['properties'] : undefined;
  return typeof inner === 'object' && inner !== null ? (inner as EvaluationContext) : undefined;
};

const readKey = attributeReader('targetingKey');

/** A field of Unleash's context: at its top or among `properties`. Callers who know OpenFeature only give a targeting key. */
export function unleashField(name: string): Read {
  const own = (context: EvaluationContext): unknown =>
    Object.hasOwn(context, name) ? (context[name] ?? undefined) : undefined;
  return (context) => {
    const inner = properties(context);
    const value = own(context) ?? (inner && own(inner));
    return textOf(value ?? (name === 'userId' ? readKey(context) : undefined));
  };
}
