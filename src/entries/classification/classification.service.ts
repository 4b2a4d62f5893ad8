import { Injectable } from '@nestjs/common';
import { isUniqueViolation } from '../../platform/database/database-errors.js';
import type { AuditSubject } from '../../platform/audit/audit-record.js';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, InvalidError, NotFoundError } from '../../platform/errors/registry-error.js';
import { EntryIds } from '../entry-ids.js';
import { ClassificationRuleRepository } from './classification-rule.repository.js';
import type { ClassificationRuleRow } from './classification-rule.repository.js';
import { Classifier } from './classifier.js';
import type { Classifiable, ClassificationResult } from './classifier.js';
import { RulePattern } from './rule-pattern.js';

/** Every entry without a feature is tried against every rule. */
const MOST_RULES = 500;
/** …so what they cost together has an end too: some ten milliseconds for a name of 128 characters. */
const MOST_COST = 10_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface NewRule {
  match: string;
  feature: string;
  confidence?: number | null;
  priority?: number | null;
}

@Injectable()
export class ClassificationService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly rules: ClassificationRuleRepository,
    private readonly classifier: Classifier,
    private readonly ids: EntryIds,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<ClassificationRuleRow[]> {
    return this.rules.list();
  }

  /** @throws InvalidError naming `match` for an unsafe expression; ImpossibleError for an unknown feature */
  async add({ match, feature, confidence, priority }: NewRule): Promise<ClassificationRuleRow> {
    if (priority && !Number.isInteger(priority)) throw InvalidError.field('priority', 'must be a whole number');
    // Compiling is the check.
    const { cost } = new RulePattern(match);
    if (cost > 0 && cost + (await this.classifier.cost()) > MOST_COST)
      throw new ImpossibleError(
        'classification.rules_too_costly',
        'Together with the rules there are, this expression would make every entry slow: use fewer repetitions.',
        [{ field: 'match', message: 'costs more than the rules may together' }],
      );
    const rule = await this.uow.run(() =>
      this.insert({ match, feature, confidence: confidence ?? 0.8, priority: priority ?? 0 }),
    );
    this.classifier.invalidate();
    return rule;
  }

  /** @throws NotFoundError */
  async remove(id: string): Promise<void> {
    if (!UUID.test(id)) throw new NotFoundError('classification rule', id);
    await this.uow.run(async () => {
      const before = await this.rules.delete(id);
      if (!before) throw new NotFoundError('classification rule', id);
      await this.audit.record({ action: 'classification_rule.delete', subject: subjectOf(before), before });
    });
    this.classifier.invalidate();
  }

  /** What the rules, or one expression instead of them, say of a subject. */
  async test({
    match,
    ...subject
  }: Classifiable & { match?: string | null }): Promise<ClassificationResult & { candidates: ClassificationResult[] }> {
    const none: ClassificationResult = { feature: null, confidence: 0, rule: null };
    if (!match) {
      const candidates = await this.classifier.matching(subject);
      return { ...(candidates[0] ?? none), candidates };
    }
    const pattern = new RulePattern(match);
    const matched =
      [subject.name, ...(subject.tags ?? [])].some((text) => !!text && pattern.matchesName(text)) ||
      (!!subject.title && pattern.matchesProse(subject.title));
    const result = matched ? { feature: null, confidence: 1, rule: match } : none;
    return { ...result, candidates: matched ? [result] : [] };
  }

  private async insert(
    rule: Required<Pick<ClassificationRuleRow, 'match' | 'feature' | 'confidence' | 'priority'>>,
  ): Promise<ClassificationRuleRow> {
    if (!(await this.ids.find(`feature_${rule.feature}`)))
      throw new ImpossibleError(
        'classification.unknown_feature',
        `There is no feature category ${JSON.stringify(rule.feature)}.`,
        [{ field: 'feature', message: 'names no feature category' }],
      );
    if ((await this.rules.list()).length >= MOST_RULES)
      throw new ImpossibleError(
        'classification.too_many_rules',
        `There are ${MOST_RULES} rules, as many as there may be.`,
      );
    try {
      const after = await this.rules.insert(rule);
      await this.audit.record({ action: 'classification_rule.create', subject: subjectOf(after), after });
      return after;
    } catch (error) {
      if (!isUniqueViolation(error, 'classification_rule_match_feature_key')) throw error;
      throw new ConflictError('classification.rule_exists', 'There is such a rule for this feature already.');
    }
  }
}

const subjectOf = ({ id }: ClassificationRuleRow): AuditSubject => ({ type: 'classification_rule', id });
