import { Injectable } from '@nestjs/common';
import { Classifier } from '../../entries/classification/classifier.js';
import type { Classifiable } from '../../entries/classification/classifier.js';
import { keyOf } from '../../entries/entry-key.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { nameAsWords } from '../embeddings/static/tokenizer.js';
import { TextModels } from '../text/text-models.js';
import type { Placed } from '../text/text-models.js';
import { CATEGORY_DESCRIPTIONS } from './category-descriptions.js';
import { statedCategory } from './category-rules.js';
import { confidencesOf, isCalibrated } from './confidence.js';
import type { Likely } from './confidence.js';
import { ConfirmedNeighboursRepository } from './confirmed-neighbours.repository.js';
import type { ConfirmedNeighbour } from './confirmed-neighbours.repository.js';
import { Descriptions } from './descriptions.js';
import { ExampleRepository } from './example.repository.js';
import { STATIC_SCALE, verdictOf } from './verdict.js';
import type { LabelledNeighbour, Likeness, Method, Verdict } from './verdict.js';

/** As much of a text as an entry's vector is made of. */
const LETTERS = 800;
/** A first line that is no longer may be the title of a text. */
const TITLE_LETTERS = 120;
const NEIGHBOURS = 15;
/** Many neighbours may owe their feature to a rule and count for nothing. */
const SOUGHT = 60;
const CANDIDATES = 5;
const SHOWN_NEIGHBOURS = 5;
const CATEGORIES = CATEGORY_DESCRIPTIONS.map(({ label }) => label);

export interface ClassifySubject {
  text?: string | null;
  name?: string | null;
  title?: string | null;
  description?: string | null;
  tags?: readonly string[] | null;
}

/** An entry, or a text that somebody classified, that speaks for the answer. */
export interface ShownNeighbour {
  id: string;
  /** Null for a text that was told by feedback. */
  key: string | null;
  title: string | null;
  similarity: number;
}

export interface LabelAnswer {
  value: string | null;
  confidence: number;
  method: Method | null;
  reason: string;
  rule: string | null;
  neighbours: ShownNeighbour[];
  candidates: Likely[];
}

export interface ClassifyAnswer {
  category: LabelAnswer;
  feature: LabelAnswer;
  model: string;
  calibrated: boolean;
}

type Speaker = LabelledNeighbour & Omit<ShownNeighbour, 'similarity'>;

/** What a text is about: its category of the catalog and its feature, each with how sure that is and why. */
@Injectable()
export class ClassifyService {
  constructor(
    private readonly models: TextModels,
    private readonly search: VectorSearch,
    private readonly neighbours: ConfirmedNeighboursRepository,
    private readonly examples: ExampleRepository,
    private readonly descriptions: Descriptions,
    private readonly rules: Classifier,
  ) {}

  async classify(subject: ClassifySubject): Promise<ClassifyAnswer> {
    const { name, title, tags } = subject;
    const placed = await this.models.place(textOf(subject));
    const category = await this.categoryOf(placed, title || titleOf(subject.text) || name?.replace(/[-._]+/g, ' '));
    // Rules are made for names and titles: in a text they are right less often than the rest of the evidence.
    const feature = await this.featureOf(placed, { name, title, tags });
    return { category, feature, model: placed.model, calibrated: isCalibrated(placed.model) };
  }

  private async categoryOf(placed: Placed, title: string | null | undefined): Promise<LabelAnswer> {
    const stated = title ? statedCategory(title) : undefined;
    const speakers = await this.speakers(placed, 'category');
    const likenesses = placed.vector ? await this.descriptions.categories(placed.model, placed.vector) : [];
    const verdict = verdictOf(speakers, likenesses, STATIC_SCALE, stated?.category);
    return answerOf('category', placed.model, verdict, speakers, likenesses, stated?.word);
  }

  /** The rules of the registry have the first word, as they have when an entry is registered. */
  private async featureOf(placed: Placed, subject: Classifiable): Promise<LabelAnswer> {
    const speakers = await this.speakers(placed, 'feature');
    const likenesses = placed.vector ? await this.descriptions.featuresOf(placed.model, placed.vector) : [];
    const answer = answerOf(
      'feature',
      placed.model,
      verdictOf(speakers, likenesses, STATIC_SCALE),
      speakers,
      likenesses,
    );
    const matching = await this.rules.matching(subject);
    if (matching.length === 0) return answer;
    const [{ feature, confidence, rule }] = matching;
    const others = answer.candidates.filter(({ value }) => value !== feature).slice(0, CANDIDATES - 1);
    return {
      value: feature,
      confidence,
      method: 'rule',
      reason: `the rule ${rule} matches`,
      rule,
      neighbours: shownOf(speakers, feature),
      candidates: [{ value: feature!, confidence }, ...others.map((one) => atMost(one, 1 - confidence))],
    };
  }

  /** What is near and was classified by somebody: entries the caller may see, and texts. */
  private async speakers({ model, vector, indexed }: Placed, target: 'category' | 'feature'): Promise<Speaker[]> {
    if (!vector) return [];
    const told = await this.examples.nearest(target, vector, model, NEIGHBOURS);
    const found = indexed ? await this.confirmed(vector, model, target) : [];
    const entries = found.map(({ uid, kind, name, version, title, similarity, feature }) => ({
      id: uid,
      key: keyOf(kind, name, version),
      title: title ?? name,
      similarity,
      label: target === 'category' ? kind : feature!,
    }));
    return [...told.map((one) => ({ ...one, key: null, title: null })), ...entries]
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, NEIGHBOURS);
  }

  private async confirmed(
    vector: Float32Array,
    model: string,
    target: 'category' | 'feature',
  ): Promise<ConfirmedNeighbour[]> {
    const limit = target === 'category' ? NEIGHBOURS : SOUGHT;
    const near = await this.search.nearest(vector, { limit, model, filter: { types: CATEGORIES } });
    const rows = near && near.length > 0 ? await this.neighbours.of(near) : [];
    return target === 'category' ? rows : rows.filter(({ confirmed }) => confirmed);
  }
}

const atMost = ({ value, confidence }: Likely, most: number): Likely => ({
  value,
  confidence: Number(Math.min(confidence, most).toFixed(3)),
});

/** As an entry of the same fields would be embedded. */
function textOf({ text, name, title, description, tags }: ClassifySubject): string {
  return [title, name && nameAsWords(name), description, text, tags?.map(nameAsWords).join(' ')]
    .filter((part) => part)
    .join('. ')
    .replace(/\s+/g, ' ')
    .slice(0, LETTERS);
}

function titleOf(text: string | null | undefined): string | undefined {
  const line = text?.trim().split('\n', 1)[0];
  return line && line.length <= TITLE_LETTERS ? line : undefined;
}

function answerOf(
  target: 'category' | 'feature',
  model: string,
  verdict: Verdict,
  speakers: readonly Speaker[],
  likenesses: readonly Likeness[],
  word?: string,
): LabelAnswer {
  const candidates = confidencesOf(verdict, target, model, CANDIDATES);
  if (candidates.length === 0)
    return { value: null, confidence: 0, method: null, reason: 'no word of it is known', rule: null, neighbours: [], candidates }; // prettier-ignore
  const [{ value, confidence }] = candidates;
  const { method } = verdict;
  const neighbours = shownOf(speakers, value);
  const likeness = likenesses.find(({ label }) => label === value)?.similarity ?? 0;
  const reasons: Record<Method, string> = {
    rule: `it calls itself “${word}”`,
    neighbours: `${speakers.filter(({ label }) => label === value).length} of the ${speakers.length} nearest are ${value}`,
    zero_shot: `it is most like the description of ${value} (cosine ${likeness.toFixed(2)})`,
  };
  const rule = method === 'rule' ? word! : null;
  return { value, confidence, method, reason: reasons[method], rule, neighbours, candidates };
}

const shownOf = (speakers: readonly Speaker[], value: string | null): ShownNeighbour[] =>
  speakers
    .filter(({ label }) => label === value)
    .slice(0, SHOWN_NEIGHBOURS)
    .map(({ id, key, title, similarity }) => ({ id, key, title, similarity: Number(similarity.toFixed(4)) }));
