import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import type { Evaluation, EvaluationContext } from '../engine/evaluation.js';
import { evaluate, evaluateAll, explain } from '../engine/ruleset.js';
import type { Ruleset } from '../engine/ruleset.js';
import { FlagFeed } from '../snapshot/flag-feed.js';
import { FlagSnapshot } from '../snapshot/flag-snapshot.js';
import type { KnownFlag } from '../snapshot/flag-snapshot.js';
import { EvaluationCounts } from '../stats/evaluation-counts.js';
import type {
  FlagEvaluate,
  FlagEvaluation,
  FlagEvaluations,
  FlagExplanation,
  FlagsEvaluate,
} from './evaluation.dto.js';

export const noFlag = (text: string): NotFoundError => new NotFoundError('feature flag', text);

/** Answers what flags say, from memory. What this process has just changed is waited for; nothing else ever is. */
@Injectable()
export class Evaluations {
  constructor(
    private readonly snapshot: FlagSnapshot,
    private readonly feed: FlagFeed,
    private readonly counts: EvaluationCounts,
  ) {}

  /** @throws NotFoundError `feature_flag.not_found` */
  async evaluate(idOrKey: string, { context, environment }: FlagEvaluate): Promise<FlagEvaluation> {
    await this.feed.settled();
    const flag = this.known(idOrKey);
    const ruleset = this.snapshot.ruleset(environment ?? undefined);
    return toAnswer(this.answer(ruleset, flag, context ?? {}), ruleset);
  }

  async evaluateAll({ context, environment, keys }: FlagsEvaluate): Promise<FlagEvaluations> {
    await this.feed.settled();
    const ruleset = this.snapshot.ruleset(environment ?? undefined);
    const wanted = keys && new Set(keys);
    const flags = this.answers(ruleset, context ?? {}, Date.now(), wanted ? (key) => wanted.has(key) : undefined);
    return {
      environment: ruleset.environment,
      ruleset_revision: String(ruleset.revision),
      flags: flags.map((one) => toAnswer(one, ruleset)),
    };
  }

  /** As {@link evaluate}, with every step on the way; counts as no evaluation. */
  async explain(idOrKey: string, { context, environment }: FlagEvaluate): Promise<FlagExplanation> {
    await this.feed.settled();
    const flag = this.known(idOrKey);
    const ruleset = this.snapshot.ruleset(environment ?? undefined);
    const told = explain(ruleset, flag.key, context ?? {});
    return { ...toAnswer(told, ruleset), steps: told.steps as unknown as FlagExplanation['steps'] };
  }

  /** One flag's answer, counted. */
  answer(ruleset: Ruleset, flag: KnownFlag, context: EvaluationContext, now = Date.now()): Evaluation {
    const answer = evaluate(ruleset, flag.key, context, now);
    this.counts.note(flag, ruleset.environment, answer, now);
    return answer;
  }

  /** Those of all flags that the caller may see, without archived ones, each counted. */
  answers(
    ruleset: Ruleset,
    context: EvaluationContext,
    now: number,
    wanted: (key: string) => boolean = () => true,
  ): Evaluation[] {
    const hidden = new Set(this.snapshot.hiddenFrom());
    const answers = evaluateAll(
      ruleset,
      context,
      now,
      (key) => this.snapshot.isServed(key) && !hidden.has(key) && wanted(key),
    );
    for (const answer of answers) this.counts.note(this.snapshot.known(answer.key)!, ruleset.environment, answer, now);
    return answers;
  }

  private known(idOrKey: string): KnownFlag {
    const flag = this.snapshot.find(idOrKey);
    if (!flag) throw noFlag(idOrKey);
    return flag;
  }
}

function toAnswer(answer: Evaluation, ruleset: Ruleset): FlagEvaluation {
  const { key, enabled, value = null, variant = null, reason, rule = null } = answer;
  return {
    key,
    environment: ruleset.environment,
    enabled,
    value,
    variant,
    reason: reason.toLowerCase(),
    rule,
    ...(answer.metadata && { metadata: answer.metadata }),
    ...(answer.payload && { payload: answer.payload }),
    ...(answer.errorCode && { error_code: answer.errorCode, error_details: answer.errorDetails }),
    ruleset_revision: String(ruleset.revision),
  };
}
