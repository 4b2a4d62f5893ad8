import type { Type } from '@nestjs/common';
import { ApiProperty, IntersectionType, OmitType, PartialType } from '@nestjs/swagger';
import { EntryIdentity, EntryReplace, Entry, EntrySummary } from '../http/entry.dto.js';
import { EntryFilterQuery } from '../http/entry-query.dto.js';
import { NestedListField } from '../../platform/http/fields.js';
import { DependencyGiven, MOST_DEPENDENCIES } from './dependencies/dependency.dto.js';
import type { Kind } from './kind.js';
import { SemverIdentity } from './semver-version.js';
import { filterFields } from './kind-filters.js';

/** The classes of one kind: what its bodies are checked against, and OpenAPI's components. */
export interface KindClasses {
  /** `PluginCreate`: what a new one may say. */
  create: Type<object>;
  /** `PluginReplace`: what PUT replaces. */
  replace: Type<object>;
  /** `PluginPatch`: a JSON merge patch. */
  patch: Type<object>;
  /** `PluginImport`: what import takes, state, health and what it depends on included. */
  import: Type<object>;
  /** `Plugin`: what is answered. */
  read: Type<object>;
  /** `PluginQuery`: what a list is narrowed by. */
  query: Type<EntryFilterQuery>;
}

/** A kind whose classes are still to be made. */
export type PlainKind = Omit<Kind, 'classes' | 'fields' | 'one'>;

/** Without a name of its own every made class shares one: logs and OpenAPI components would repeat. */
export function named<T extends Type<object>>(name: string, made: T): T {
  Object.defineProperty(made, 'name', { value: name });
  return made;
}

/** State and health are not written but come of transitions and reports. */
class Envelope extends OmitType(EntryReplace, ['status', 'health', 'spec'] as const) {}
class Identity extends OmitType(EntryIdentity, ['type'] as const) {}
class WithSemver extends IntersectionType(OmitType(Identity, ['version'] as const), SemverIdentity) {}
class Observed extends OmitType(EntryReplace, [
  'title', 'description', 'feature', 'owner', 'tags', 'metadata', 'spec', 'regions', 'registry_id', 'compliance_status', 'security_context',
] as const) {} // prettier-ignore
class Needs {
  @NestedListField(() => DependencyGiven, {
    most: MOST_DEPENDENCIES,
    description: 'What it depends on; added to what it depends on already.',
  })
  depends_on?: DependencyGiven[] | null;
}
class Answer extends OmitType(IntersectionType(EntrySummary, Entry), ['type', 'spec', 'status'] as const) {}

/** Derives a kind's classes from its spec class. */
export function kindClasses(kind: PlainKind): { classes: KindClasses; fields: string[] } {
  const own = kind.spec;
  const identity = kind.versions === 'semver' ? WithSemver : Identity;
  const replace = named(
    `${kind.title}Replace`,
    IntersectionType(PartialType(identity), IntersectionType(Envelope, own)),
  );
  const create = named(`${kind.title}Create`, IntersectionType(identity, IntersectionType(Envelope, own)));
  // The catalog lets a version be left out, and what is exported can be imported.
  const any = IntersectionType(Identity, IntersectionType(Envelope, own));
  const taken = named(`${kind.title}Import`, IntersectionType(any, IntersectionType(Observed, Needs)));
  const patch = named(`${kind.title}Patch`, PartialType(IntersectionType(identity, IntersectionType(Envelope, own))));
  const whole = kind.answers ? IntersectionType(own, kind.answers) : own;
  class Read extends IntersectionType(Answer, whole) {}
  ApiProperty({ type: String, enum: [...kind.lifecycle.states], example: kind.lifecycle.initial })(
    Read.prototype,
    'status',
  );
  const query = named(`${kind.title}Query`, filterFields(kind));
  const classes = { create, replace, patch, import: taken, read: named(kind.title, Read), query };
  return { classes, fields: fieldsOf(own) };
}

const PROPERTIES = 'swagger/apiModelPropertiesArray';

/** The documented properties of a class, which are all it has: an undocumented one would not be accepted either. */
function fieldsOf(type: Type<object>): string[] {
  const listed = (Reflect.getMetadata(PROPERTIES, type.prototype) ?? []) as string[];
  return listed.map((name) => name.slice(1));
}
