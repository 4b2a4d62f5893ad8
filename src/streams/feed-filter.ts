import { currentViewer } from '../entries/visibility.js';
import type { Viewer } from '../entries/visibility.js';
import { checkPatterns, likePatterns, typeMatcher } from './event-pattern.js';
import { InvalidError } from '../platform/errors/registry-error.js';
import type { FeedMessage } from './event-message.js';

const MOST_ENTITY_TYPES = 100;
const ENTITY_TYPE = /^[a-z][a-z0-9_]{0,63}$/;

/** What a subscriber wants of the feed. Naming entity types leaves out whatever is not about an entity. */
export class FeedFilter {
  /** For SQL's LIKE; undefined for all. */
  readonly like: string[] | undefined;
  private readonly wanted: (type: string) => boolean;
  private readonly entityTypes: ReadonlySet<string> | undefined;

  /** Throws InvalidError naming `types` or `entity_types`. */
  constructor(
    types: readonly string[] = [],
    entityTypes: readonly string[] = [],
    /** Who subscribes, as of now: undefined for who sees everything. */
    private readonly viewer: () => Viewer,
  ) {
    checkPatterns(types, 'types');
    if (entityTypes.length > MOST_ENTITY_TYPES || entityTypes.some((type) => !ENTITY_TYPE.test(type))) {
      throw InvalidError.field('entity_types', `must be at most ${MOST_ENTITY_TYPES} types of entity such as plugin`);
    }
    this.like = likePatterns(types);
    this.wanted = typeMatcher(types);
    this.entityTypes = entityTypes.length > 0 ? new Set(entityTypes) : undefined;
  }

  matches(message: FeedMessage): boolean {
    if (!this.wanted(message.type) || !this.mayRead(message)) return false;
    return this.entityTypes === undefined || (!!message.entityType && this.entityTypes.has(message.entityType));
  }

  private mayRead({ readers }: FeedMessage): boolean {
    const viewer = readers && this.viewer();
    return !readers || !viewer || readers.every((list) => list.some((reader) => viewer.includes(reader)));
  }
}

/** The caller of the running request, for as long as its connection lives. */
export function sameViewer(): () => Viewer {
  const viewer = currentViewer();
  return () => viewer;
}
