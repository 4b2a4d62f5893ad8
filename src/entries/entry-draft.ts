import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { InvalidError } from '../platform/errors/registry-error.js';
import type { FieldError } from '../platform/errors/registry-error.js';
import { slugOf } from './entry-key.js';
import { initialStatusOf, statusesOf } from './entry-types.js';
import { secretFieldErrors } from './secrets/secret-fields.js';
import { VISIBILITIES } from './visibility.js';

type Json = Record<string, unknown>;

/** What a client may write of an entry, every field settled. Its canonical JSON is what the checksum is over. */
export interface EntryDraft {
  type: string;
  name: string;
  version: string;
  title: string | null;
  description: string | null;
  feature: string | null;
  status: string;
  health: string;
  owner: string | null;
  tags: string[];
  metadata: Json;
  spec: Json;
  regions: string[];
  /** Public id of the registry it lives in; on its way in also a key or name. */
  registry_id: string | null;
  compliance_status: Json;
  security_context: Json;
}

/** A body that passed the pipe: fields may be absent or null. */
export type EntryBody = { [Field in keyof EntryDraft]?: EntryDraft[Field] | null };

/** Bytes of JSON that each free-form object may hold. */
export const OBJECT_LIMIT = 64 * 1024;

const OBJECT_FIELDS = ['metadata', 'spec', 'compliance_status', 'security_context'] as const;

const distinct = (values: string[] | null | undefined): string[] => [...new Set(values)];

/**
 * Settles a body into a draft: the name from the title where none is given, defaults, distinct tags.
 * @throws InvalidError naming every wrong field
 */
export function draftOf(body: EntryBody & { type: string }): EntryDraft {
  const errors: FieldError[] = [];
  const name = body.name ?? slugOf(body.title ?? '');
  if (!name)
    errors.push({
      field: 'name',
      message: body.title ? 'cannot be made from this title; give one' : 'or title is required',
    });
  const status = body.status ?? initialStatusOf(body.type);
  const statuses = statusesOf(body.type);
  if (!statuses.includes(status))
    errors.push({ field: 'status', message: `of a ${body.type} must be one of ${statuses.join(', ')}` });
  for (const field of OBJECT_FIELDS) {
    const bytes = body[field] ? Buffer.byteLength(JSON.stringify(body[field])) : 0;
    if (bytes > OBJECT_LIMIT)
      errors.push({ field, message: `holds ${bytes} bytes of JSON, more than the limit of ${OBJECT_LIMIT}` });
  }
  errors.push(...securityErrors(body.security_context ?? {}));
  if (errors.length > 0) throw new InvalidError('The entry is not valid.', errors);
  return {
    type: body.type,
    name: name!,
    version: body.version ?? '',
    title: body.title || null,
    description: body.description || null,
    feature: body.feature ?? null,
    status,
    health: body.health ?? 'unknown',
    owner: body.owner ?? null,
    tags: distinct(body.tags),
    metadata: body.metadata ?? {},
    spec: body.spec ?? {},
    regions: distinct(body.regions),
    registry_id: body.registry_id || null,
    compliance_status: body.compliance_status ?? {},
    security_context: body.security_context ?? {},
  };
}

// The package is CommonJS and its types describe a default export it does not have there.
const canonical = canonicalize as unknown as (value: unknown) => string;

/**
 * SHA-256, in hex, over the canonical JSON (RFC 8785) of a draft whose secrets were replaced by fingerprints. Where an entry
 * lives is no part of what it is.
 */
export const checksumOf = (draft: EntryDraft): string =>
  createHash('sha256')
    .update(canonical({ ...draft, registry_id: undefined }))
    .digest('hex');

/** JSON merge patch (RFC 7396). The result shares no object with `target` that it changes. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

const MOST_READERS = 100;
const READER = /^[\w.:@/+|=~-]{1,300}$/;

/** What decides who sees an entry must be read as it was meant. */
function securityErrors({ visibility, readers, encrypted_fields: secret }: Json): FieldError[] {
  const errors: FieldError[] = secretFieldErrors(secret);
  if (visibility !== undefined && !VISIBILITIES.some((known) => known === visibility))
    errors.push({ field: 'security_context.visibility', message: `must be one of ${VISIBILITIES.join(', ')}` });
  const listed = readers === undefined || (Array.isArray(readers) && readers.length <= MOST_READERS);
  if (!listed || (readers as unknown[] | undefined)?.some((one) => typeof one !== 'string' || !READER.test(one)))
    errors.push({
      field: 'security_context.readers',
      message: `must be at most ${MOST_READERS} ids of keys (with or without their type), oidc:<subject> or roles such as role:viewer`,
    });
  return errors;
}
