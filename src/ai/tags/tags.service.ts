import { Injectable } from '@nestjs/common';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { technologiesIn } from '../extract/technology-matcher.js';
import { keyphrasesOf } from '../text/keyphrases.js';
import { TextModels } from '../text/text-models.js';
import { NeighbourTagsRepository } from './neighbour-tags.repository.js';
import { tagOf, voteOnTags } from './tag-votes.js';
import type { TagSource, TagSuggestion, TextTag } from './tag-votes.js';

const NEIGHBOURS = 15;
const PHRASES = 10;
/** As much of a text as an entry's vector is made of. */
const LETTERS = 800;

export interface TagAnswer {
  tags: TagSuggestion[];
  model: string;
  /** False while no index of entries can be asked: the tags are of the text alone. */
  neighbours: boolean;
}

/** Tags for a text: those of entries like it that the caller may see, and its own technologies and phrases. */
@Injectable()
export class TagsService {
  constructor(
    private readonly models: TextModels,
    private readonly search: VectorSearch,
    private readonly tags: NeighbourTagsRepository,
  ) {}

  /** `given` are tags the text has already. */
  async suggest(text: string, most: number, given: readonly string[] = []): Promise<TagAnswer> {
    const placed = await this.models.place(text.slice(0, LETTERS));
    const entries = placed.indexed && placed.vector ? await this.neighbours(placed.vector, placed.model) : [];
    const left = new Set(given);
    const suggestions = voteOnTags(entries, tagsOf(text), most + left.size).filter(({ tag }) => !left.has(tag));
    return { tags: suggestions.slice(0, most), model: placed.model, neighbours: placed.indexed };
  }

  private async neighbours(vector: Float32Array, model: string): Promise<TagSource[]> {
    const near = (await this.search.nearest(vector, { limit: NEIGHBOURS, model })) ?? [];
    const tags = new Map((await this.tags.of(near.map(({ id }) => id))).map((row) => [row.id, row.tags]));
    return near.map(({ id, similarity }) => ({ similarity, tags: tags.get(id) ?? [] }));
  }
}

/** Technologies first, then phrases, each once. */
function tagsOf(text: string): TextTag[] {
  const technologies = technologiesIn(text).map(({ value }) => ({ tag: tagOf(value), score: 1 }));
  const phrases = keyphrasesOf(text, PHRASES).map(({ phrase, score }) => ({ tag: tagOf(phrase), score: score * 0.8 }));
  const found = new Map<string, TextTag>();
  for (const one of [...technologies, ...phrases]) if (one.tag && !found.has(one.tag)) found.set(one.tag, one);
  return [...found.values()];
}
