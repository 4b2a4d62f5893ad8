import type { EntryRow } from '../../../entries/entry-response.js';
import { writableOf } from '../../../entries/kind/kind-view.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import type { FieldError } from '../../../platform/errors/registry-error.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { pluginKind } from '../plugin.kind.js';

export const API_VERSION = 'plugin.nexuspro.io/v1';
const KIND = 'Plugin';

type Json = Record<string, unknown>;

/** What names and describes a plugin, for people; `annotations` become the entry's metadata. */
const METADATA = ['name', 'version', 'title', 'description', 'owner', 'tags', 'regions', 'annotations'] as const;
/** What it is and needs. */
const SPEC = ['feature', ...pluginKind.fields, 'compliance_status', 'security_context'] as const;
const TOP = ['apiVersion', 'kind', 'metadata', 'spec'] as const;

/** Manifests for Kubernetes are written in camelCase; both are taken. */
const CAMEL: Readonly<Record<string, string>> = {
  displayName: 'display_name',
  meshIntegration: 'mesh_integration',
  serviceName: 'service_name',
  trafficRules: 'traffic_rules',
  apiEndpoints: 'api_endpoints',
  complianceStatus: 'compliance_status',
  securityContext: 'security_context',
};
/** Objects of the spec whose own fields have such names. The rest is free-form. */
const NESTED = new Set(['capabilities', 'mesh_integration', 'dependencies']);

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: Json;
  spec: Json;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isManifest = (value: unknown): boolean => isObject(value) && ('apiVersion' in value || 'kind' in value);

/**
 * The checked body of a new plugin, from a manifest or from flat fields.
 * @throws InvalidError naming every wrong field where it stands: `metadata.version`, or `version` of flat fields
 */
export function pluginBody(value: unknown): object {
  if (!isManifest(value)) return validated(pluginKind.classes.create, value);
  const flat = flattened(value as Json);
  try {
    return validated(pluginKind.classes.create, flat);
  } catch (error) {
    if (!(error instanceof InvalidError) || !error.errors) throw error;
    throw invalid(error.errors.map(({ field, message }) => ({ field: placeOf(field), message })));
  }
}

/** The plugin as the manifest it could have come from; what is empty is left out. */
export function manifestOf(row: EntryRow): Manifest {
  const { metadata: annotations, ...fields } = writableOf(row);
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: picked({ ...fields, annotations }, METADATA),
    spec: picked(fields, SPEC),
  };
}

function flattened(manifest: Json): Json {
  const errors: FieldError[] = [];
  const unknown = (given: Json, known: readonly string[], place: string): void => {
    for (const name of Object.keys(given))
      if (!known.includes(name))
        errors.push({ field: `${place}${name.slice(0, 100)}`, message: 'is not a known field' });
  };
  unknown(manifest, TOP, '');
  if (manifest.apiVersion !== API_VERSION) errors.push({ field: 'apiVersion', message: `must be ${API_VERSION}` });
  if (manifest.kind !== KIND) errors.push({ field: 'kind', message: `must be ${KIND}` });
  const { metadata, spec = {} } = manifest;
  if (!isObject(metadata)) errors.push({ field: 'metadata', message: 'must be an object with name and version' });
  if (!isObject(spec)) errors.push({ field: 'spec', message: 'must be an object' });
  if (!isObject(metadata) || !isObject(spec)) throw invalid(errors);
  const own = inSnakeCase(spec, true);
  unknown(metadata, METADATA, 'metadata.');
  unknown(own, SPEC, 'spec.');
  if (errors.length > 0) throw invalid(errors);
  const { annotations, ...named } = metadata;
  return { ...own, ...named, ...(annotations !== undefined && { metadata: annotations }) };
}

const summaryOf = (errors: readonly FieldError[]): string =>
  errors.length === 1 ? `${errors[0].field} ${errors[0].message}` : `${errors.length} fields are wrong.`;
const invalid = (errors: FieldError[]): InvalidError => new InvalidError(summaryOf(errors), errors);

function inSnakeCase(object: Json, deeper: boolean): Json {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const known = Object.hasOwn(CAMEL, name) ? CAMEL[name] : name;
      return [known, deeper && NESTED.has(known) && isObject(value) ? inSnakeCase(value, false) : value];
    }),
  );
}

/** Where a flat field stands in a manifest. */
function placeOf(field: string): string {
  const [first] = field.split('.', 1);
  if (first === 'metadata') return `metadata.annotations${field.slice(first.length)}`;
  if ((METADATA as readonly string[]).includes(first)) return `metadata.${field}`;
  return (SPEC as readonly string[]).includes(first) ? `spec.${field}` : field;
}

function picked(fields: Json, names: readonly string[]): Json {
  const given = names.filter((name) => !isEmpty(fields[name]));
  return Object.fromEntries(given.map((name) => [name, fields[name]]));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
