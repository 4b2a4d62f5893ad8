import jsonPatch from 'fast-json-patch';
import { changedParts } from '../platform/audit/changed-parts.js';
import { ConflictError } from '../platform/errors/registry-error.js';
import type { RegistryError } from '../platform/errors/registry-error.js';
import type { EntryDraft } from './entry-draft.js';
import { keyOf } from './entry-key.js';
import { toEntryResponse } from './entry-response.js';
import type { EntryRow } from './entry-response.js';
import { ownHealth } from './health/health-propagation.js';
import type { NewEvent } from './outbox.js';
import { MASK } from './secrets/secret-fields.js';

/** The draft an entry's row stands for: what a patch is applied to and a replacement is compared with. */
export const draftOfRow = (row: EntryRow): EntryDraft => ({
  type: row.kind,
  name: row.name,
  version: row.version,
  title: row.title,
  description: row.description,
  feature: row.feature,
  status: row.status,
  // A dependency's trouble is not its own.
  health: ownHealth(row),
  owner: row.owner,
  tags: row.tags,
  metadata: row.metadata,
  spec: row.spec,
  regions: row.regions,
  registry_id: row.registry_id,
  compliance_status: row.compliance_status,
  security_context: row.security_context,
});

export const alreadyThere = (draft: Pick<EntryDraft, 'type' | 'name' | 'version'>): RegistryError =>
  new ConflictError('entity.already_exists', `${keyOf(draft.type, draft.name, draft.version)} is registered already.`, {
    key: keyOf(draft.type, draft.name, draft.version),
  });

export const createdEvent = (row: EntryRow): NewEvent => ({
  type: 'entity_created',
  entryId: row.id,
  payload: { entity: toEntryResponse(row) },
});

/**
 * The change as JSON patch (RFC 6902) over the writable part, beside what the entry is now. `secrets` are the fields of
 * those that changed behind their masks.
 */
export const updatedEvent = (before: EntryRow, after: EntryRow, secrets: readonly string[] = []): NewEvent => ({
  type: 'entity_updated',
  entryId: after.id,
  payload: {
    entity: toEntryResponse(after),
    patch: [
      ...jsonPatch.compare(draftOfRow(before), draftOfRow(after)),
      ...secrets.map((field) => ({ op: 'replace', path: pathOf(field), value: MASK })),
    ],
  },
  change: changeOf(before, after, secrets),
});

/** The JSON pointer, within an entry, of a secret as it is stored. */
const pathOf = (field: string): string => (field.startsWith('/') ? `/metadata${field}` : `/${field}`);

/** What is different, by the wire's names; that a secret is another one is told by its pointer. */
function changeOf(before: EntryRow, after: EntryRow, secrets: readonly string[]): { before: object; after: object } {
  const changed = changedParts(toEntryResponse(before), toEntryResponse(after));
  return secrets.length === 0 ? changed : { ...changed, after: { ...changed.after, changed_secrets: secrets } };
}
