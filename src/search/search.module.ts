import { Module } from '@nestjs/common';
import { HitRepository } from './hit.repository.js';
import { RegistrySearchController } from './http/registry-search.controller.js';
import { SearchController } from './http/search.controller.js';
import { QueryCorrector } from './query/query-corrector.js';
import { QueryTermRepository } from './query/query-term.repository.js';
import { SearchService } from './search.service.js';
import { SuggestService } from './suggest/suggest.service.js';
import { NameRepository } from './text/name.repository.js';
import { PinnedNames } from './text/pinned-names.js';
import { StageRanking } from './text/stage-ranking.js';
import { TextLeg } from './text/text-leg.js';
import { TextSearchRepository } from './text/text-search.repository.js';
import { CorpusRepository } from './upkeep/corpus.repository.js';
import { CorpusStatistics } from './upkeep/corpus-statistics.js';
import { Popularity } from './upkeep/popularity.js';
import { SearchUpkeep } from './upkeep/search-upkeep.js';
import { Speller } from './vocabulary/speller.js';
import { VocabularyHandler } from './vocabulary/vocabulary.handler.js';
import { VocabularyRepository } from './vocabulary/vocabulary.repository.js';

/** Search by words and filters, autocomplete, and the statistics both live on. */
@Module({
  controllers: [SearchController, RegistrySearchController],
  providers: [
    CorpusRepository,
    CorpusStatistics,
    HitRepository,
    NameRepository,
    PinnedNames,
    Popularity,
    QueryCorrector,
    QueryTermRepository,
    SearchService,
    SearchUpkeep,
    Speller,
    StageRanking,
    SuggestService,
    TextLeg,
    TextSearchRepository,
    VocabularyHandler,
    VocabularyRepository,
  ],
  exports: [SearchService, CorpusStatistics],
})
export class SearchModule {}
