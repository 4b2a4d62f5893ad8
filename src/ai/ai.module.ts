import { Global, Module } from '@nestjs/common';
import { VectorSearch } from '../entries/vectors/vector-search.js';
import { Env } from '../platform/env/env.js';
import { OutboundHttp } from '../platform/http-client/outbound-http.js';
import { ClassifyService } from './classify/classify.service.js';
import { ConfirmedNeighboursRepository } from './classify/confirmed-neighbours.repository.js';
import { Descriptions } from './classify/descriptions.js';
import { ExampleRepository } from './classify/example.repository.js';
import { FeatureDescriptionsRepository } from './classify/feature-descriptions.repository.js';
import { FeedbackService } from './classify/feedback.service.js';
import { EmbedService } from './embed.service.js';
import { EmbeddingIndexRepository } from './embeddings/embedding-index.repository.js';
import { EmbeddingRepository } from './embeddings/embedding.repository.js';
import { IndexedVectorSearch } from './embeddings/indexed-vector-search.js';
import { EmbeddingProviders, embeddingProviders } from './embeddings/providers/embedding-providers.js';
import { EmbeddingFill } from './embeddings/upkeep/embedding-fill.js';
import { EmbeddingHandler } from './embeddings/upkeep/embedding.handler.js';
import { EntryEmbedder } from './embeddings/upkeep/entry-embedder.js';
import { VectorSearchRepository } from './embeddings/vector-search.repository.js';
import { CatalogNames } from './extract/catalog-names.js';
import { CatalogNamesRepository } from './extract/catalog-names.repository.js';
import { ExtractService } from './extract/extract.service.js';
import { AiController } from './http/ai.controller.js';
import { FeedbackController } from './http/feedback.controller.js';
import { AiStatusRepository } from './status.repository.js';
import { AiStatusService } from './status.service.js';
import { SummarizeService } from './summarize/summarize.service.js';
import { NeighbourTagsRepository } from './tags/neighbour-tags.repository.js';
import { TagsService } from './tags/tags.service.js';
import { TextCache } from './text/text-cache.js';
import { TextModels } from './text/text-models.js';

/**
 * Texts as vectors: the model, the index of all entries, and the work that keeps it true. Binds the port VectorSearch. And what
 * can be said of a text: what it is, what it names, what it says in short, how to tag it.
 */
@Global()
@Module({
  controllers: [AiController, FeedbackController],
  providers: [
    AiStatusRepository,
    AiStatusService,
    CatalogNames,
    CatalogNamesRepository,
    ClassifyService,
    ConfirmedNeighboursRepository,
    Descriptions,
    EmbedService,
    ExampleRepository,
    ExtractService,
    FeatureDescriptionsRepository,
    FeedbackService,
    NeighbourTagsRepository,
    SummarizeService,
    TagsService,
    TextCache,
    TextModels,
    { provide: EmbeddingProviders, inject: [Env, OutboundHttp], useFactory: embeddingProviders },
    EmbeddingFill,
    EmbeddingHandler,
    EmbeddingIndexRepository,
    EmbeddingRepository,
    EntryEmbedder,
    VectorSearchRepository,
    { provide: VectorSearch, useClass: IndexedVectorSearch },
  ],
  exports: [EmbeddingProviders, VectorSearch],
})
export class AiModule {}
