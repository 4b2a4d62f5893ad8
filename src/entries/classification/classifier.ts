import { Injectable } from '@nestjs/common';
import { ClassificationRuleRepository } from './classification-rule.repository.js';
import type { ClassificationRuleRow } from './classification-rule.repository.js';
import { RulePattern } from './rule-pattern.js';

/** What the rules look at. */
export interface Classifiable {
  name?: string | null;
  title?: string | null;
  tags?: readonly string[] | null;
}

export interface ClassificationResult {
  feature: string | null;
  /** 0 to 1; 0 when no rule matched. */
  confidence: number;
  /** The expression of the rule that won. */
  rule: string | null;
}

interface CompiledRule extends ClassificationRuleRow {
  pattern: RulePattern;
}

/** How long another replica's new rule may stay unseen, in milliseconds. */
const FRESH = 2_000;

const matches = (rule: CompiledRule, subject: Classifiable): boolean =>
  (!!subject.name && rule.pattern.matchesName(subject.name)) ||
  (subject.tags ?? []).some((tag) => rule.pattern.matchesName(tag)) ||
  (!!subject.title && rule.pattern.matchesProse(subject.title));

/** Finds an entry's feature category by the rules of the database: priority first, then confidence, then age. */
@Injectable()
export class Classifier {
  private rules: CompiledRule[] = [];
  private readAt = -Infinity;

  constructor(private readonly repository: ClassificationRuleRepository) {}

  async classify(subject: Classifiable): Promise<ClassificationResult> {
    return (await this.matching(subject, 1))[0] ?? { feature: null, confidence: 0, rule: null };
  }

  /** Every rule that matches, the winner first. */
  async matching(subject: Classifiable, most = Infinity): Promise<ClassificationResult[]> {
    const found: ClassificationResult[] = [];
    for (const rule of await this.current()) {
      if (!matches(rule, subject)) continue;
      found.push({ feature: rule.feature, confidence: rule.confidence, rule: rule.match });
      if (found.length >= most) break;
    }
    return found;
  }

  /** What the rules there are cost together. */
  async cost(): Promise<number> {
    return (await this.current()).reduce((sum, { pattern }) => sum + pattern.cost, 0);
  }

  /** Forgets the rules, so that the next question reads them again. */
  invalidate(): void {
    this.readAt = -Infinity;
  }

  private async current(): Promise<CompiledRule[]> {
    if (performance.now() - this.readAt < FRESH) return this.rules;
    const known = new Map(this.rules.map((rule) => [rule.match, rule.pattern]));
    const rows = await this.repository.list();
    this.rules = rows.map((row) => ({ ...row, pattern: known.get(row.match) ?? new RulePattern(row.match) }));
    this.readAt = performance.now();
    return this.rules;
  }
}
