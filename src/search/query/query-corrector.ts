import { Injectable } from '@nestjs/common';
import { Speller } from '../vocabulary/speller.js';
import { QueryTermRepository } from './query-term.repository.js';
import type { QueryTerm } from './text-query.js';

/** A word of hardly any entry is taken for a typing error when the catalog has a likelier one. */
const RARE = 2;
/** Whoever mistypes more words than this is not helped by guessing at each. */
const MOST_CORRECTED = 4;

/** Finds the words of a query that are likely typing errors. */
@Injectable()
export class QueryCorrector {
  constructor(
    private readonly speller: Speller,
    private readonly terms: QueryTermRepository,
  ) {}

  /** Puts likely spellings into the terms; answers the query as it then reads, null when nothing was corrected. */
  async correct(groups: readonly QueryTerm[][]): Promise<string | null> {
    const suspects = groups.flat().filter(isSuspect).slice(0, MOST_CORRECTED);
    if (suspects.length === 0) return null;
    const holding = await this.terms.holding(suspects.map(anyForm), RARE + 1);
    const found: [QueryTerm, string][] = [];
    for (const term of suspects.filter((_, i) => holding[i] <= RARE)) {
      const word = await this.speller.correct(term.text);
      if (word !== undefined) found.push([term, word]);
    }
    if (found.length === 0) return null;
    const { terms: analysed } = await this.terms.analyse(found.map(([, word]) => word));
    found.forEach(([term, text], i) => (term.correction = { ...analysed[i], text }));
    return groups.map((group) => group.map(written).join(' ')).join(' or ');
  }
}

const isSuspect = (term: QueryTerm): boolean => !term.phrase && !term.negated && !term.known && term.ndoc <= RARE;

const anyForm = ({ stemmed, plain }: QueryTerm): string =>
  [stemmed, plain]
    .filter(Boolean)
    .map((query) => `( ${query} )`)
    .join(' | ');

function written(term: QueryTerm): string {
  const text = term.correction?.text ?? term.text;
  return `${term.negated ? '-' : ''}${term.phrase ? `"${text}"` : text}`;
}
