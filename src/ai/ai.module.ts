import { Global, Module } from '@nestjs/common';
import { VectorSearch } from '../entries/vectors/vector-search.js';
import { Env } from '../platform/env/env.js';
import { OutboundHttp } from '../platform/http-client/outbound-http.js';
import { EmbeddingIndexRepository } from './embeddings/embedding-index.repository.js';
import { EmbeddingRepository } from './embeddings/embedding.repository.js';
import { IndexedVectorSearch } from './embeddings/indexed-vector-search.js';
import { EmbeddingProviders, embeddingProviders } from './embeddings/providers/embedding-providers.js';
import { EmbeddingFill } from './embeddings/upkeep/embedding-fill.js';
import { EmbeddingHandler } from './embeddings/upkeep/embedding.handler.js';
import { EntryEmbedder } from './embeddings/upkeep/entry-embedder.js';
import { VectorSearchRepository } from './embeddings/vector-search.repository.js';

/** Texts as vectors: the model, the index of all entries, and the work that keeps it true. Binds the port VectorSearch. */
@Global()
@Module({
  providers: [
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
