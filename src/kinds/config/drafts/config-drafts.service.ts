import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { keyOf } from '../../../entries/entry-key.js';
import { MASK } from '../../../entries/secrets/secret-fields.js';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { SecretBox } from '../../../platform/crypto/secret-box.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import {
  ConflictError,
  ImpossibleError,
  InvalidError,
  NotFoundError,
} from '../../../platform/errors/registry-error.js';
import { currentActor } from '../../../platform/http/request-context.js';
import { configKind } from '../config.kind.js';
import { referenceOf } from '../config-reference.js';
import { ConfigRepository } from '../config.repository.js';
import { placeOf } from '../scope.js';
import { withNote } from '../versions/change-note.js';
import type { ConfigTarget } from '../write/config-target.js';
import { ConfigWriter } from '../write/config-writer.js';
import { ConfigDraftRepository } from './config-draft.repository.js';
import type { DraftChoice, DraftRow, ShownDraft } from './config-draft.repository.js';
import type { ConfigDraft, ConfigDraftPut, ConfigPublish } from './config-draft.dto.js';
import { draftPlace } from './draft-place.js';

const MOST = 1000;

/** Changes that are prepared and checked, and hold only when they are published: all of them at once. */
@Injectable()
export class ConfigDrafts {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: ConfigDraftRepository,
    private readonly configs: ConfigRepository,
    private readonly writer: ConfigWriter,
    private readonly box: SecretBox,
    private readonly audit: AuditTrail,
  ) {}

  /** In the place of an earlier draft of the same value. What could not be published is refused. */
  async save(target: ConfigTarget, body: ConfigDraftPut): Promise<ConfigDraft> {
    const { operation: given, comment = null, ...fields } = body;
    const operation = given ?? 'set';
    if (operation === 'set' && (fields.value === undefined || fields.value === null))
      throw InvalidError.field('body', 'must have a value, or the operation delete');
    const uid = uuidv7();
    await this.uow.run(async () => {
      await this.configs.lock(target.name);
      const [base] = await this.configs.revisionsOf([target]);
      const place = { uid, name: target.name, scope: target.scopeText, operation, base_revision: base, comment };
      const draft: Omit<DraftRow, 'at'> = { ...place, fields: {}, sealed: null, actor: currentActor() };
      const { value, ...rest } = Object.fromEntries(Object.entries(fields).filter(([, one]) => one !== undefined));
      const encrypted = await this.uow.tryOut(() => this.apply({ ...draft, fields: { ...rest, value } }));
      if (operation === 'set') draft.fields = { ...rest, value: encrypted ? MASK : value };
      if (encrypted && value !== MASK) draft.sealed = await this.box.seal(draftPlace(uid), JSON.stringify(value));
      await this.repository.save(draft);
      await this.note('config.draft', target, { operation });
    });
    return this.get(target, target.name);
  }

  async list(choice: DraftChoice): Promise<ConfigDraft[]> {
    return (await this.repository.list(choice, MOST)).map(shown);
  }

  /** @throws NotFoundError `config_draft.not_found` */
  async get(place: ConfigTarget, text: string): Promise<ConfigDraft> {
    const [draft] = await this.list({ place });
    if (!draft) throw new NotFoundError('draft', text, 'config_draft.not_found');
    return draft;
  }

  async discard(place: ConfigTarget, text: string): Promise<void> {
    await this.uow.run(async () => {
      const [draft] = await this.repository.list({ place }, 1);
      if (!draft) throw new NotFoundError('draft', text, 'config_draft.not_found');
      await this.repository.remove([draft.uid]);
      await this.note('config.discard', place, {});
    });
  }

  /**
   * Makes drafts the values that hold, all or none.
   * @throws ConflictError `config.draft_outdated` naming those whose value has changed since
   */
  async publish({ keys, prefix, comment, force, dry_run: dry }: ConfigPublish): Promise<ConfigDraft[]> {
    if (!keys && typeof prefix !== 'string')
      throw InvalidError.field('body', 'must name keys or a prefix; an empty prefix means every draft');
    const choice = { keys: keys?.map((key) => referenceOf(key).name), prefix: prefix ?? undefined };
    const publish = async (): Promise<ConfigDraft[]> => {
      await this.configs.lockAll();
      const drafts = await this.repository.list(choice, MOST + 1);
      if (drafts.length > MOST) throw new ImpossibleError('config.too_many', `At most ${MOST} drafts are published at once.`); // prettier-ignore
      const published = drafts.map(shown);
      if (!force) assertPresent(published);
      for (const draft of drafts)
        await withNote({ origin: 'publish', comment: comment ?? draft.comment }, () => this.apply(draft));
      await this.repository.remove(drafts.map(({ uid }) => uid));
      return published;
    };
    return dry ? this.uow.tryOut(publish) : this.uow.run(publish);
  }

  /** Whether what it makes is encrypted. */
  private async apply(draft: Omit<DraftRow, 'at'>): Promise<boolean> {
    const target = { name: draft.name, scopeText: draft.scope };
    if (draft.operation === 'delete') {
      if (await this.writer.idOf(target)) await this.writer.remove(target, draft.name, false);
      return false;
    }
    const { sealed, fields } = draft;
    const value: unknown =
      sealed === null ? fields.value : JSON.parse(await this.box.open(draftPlace(draft.uid), sealed));
    const { row } = await this.writer.set(target, { ...fields, value });
    return row.spec.encrypted === true;
  }

  private async note(action: string, { name, scopeText }: ConfigTarget, details: object): Promise<void> {
    const subject = { type: 'config_draft', key: keyOf(configKind.name, name, scopeText) };
    await this.audit.record({ action, subject, details });
  }
}

function assertPresent(drafts: readonly ConfigDraft[]): void {
  const outdated = drafts.filter((draft) => draft.outdated);
  if (outdated.length === 0) return;
  throw new ConflictError(
    'config.draft_outdated',
    `Nothing was published: ${outdated.length} values have changed since their drafts were saved; force=true publishes all the same.`,
    {
      outdated: outdated.map(({ key, base_revision, current_revision }) => ({ key, base_revision, current_revision })),
    },
  );
}

function shown(draft: ShownDraft): ConfigDraft {
  const { name, scope, operation, fields, base_revision: base, revision, spec, comment, actor, at } = draft;
  return {
    key: keyOf(configKind.name, name, scope),
    name,
    ...(placeOf(scope) ?? { scope: 'global', scope_id: null }),
    operation,
    type: fields.type ?? spec?.type ?? null,
    value: operation === 'delete' ? null : (fields.value ?? null),
    current_value: spec?.value ?? null,
    base_revision: base,
    current_revision: revision,
    outdated: (revision ?? 0) !== base,
    comment,
    actor,
    at: at.toISOString(),
  };
}
