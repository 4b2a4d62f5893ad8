import { IsIn, IsInt, IsOptional, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { DriverEnv } from './driver-env.js';
import { FromVariable, integer, text } from './variable.js';

/** Checked where it is given, and where the provider cannot do without. */
const NeededBy = (provider: string): PropertyDecorator =>
  ValidateIf((env: EmbeddingEnv, value: unknown) => value !== undefined || env.embeddingProvider === provider);

/** Which model turns texts into vectors. */
export class EmbeddingEnv extends DriverEnv {
  @FromVariable('EMBEDDING_PROVIDER', text, 'be local, openai, transformers or none')
  @IsIn(['local', 'openai', 'transformers', 'none'])
  readonly embeddingProvider: 'local' | 'openai' | 'transformers' | 'none' = 'local';

  /** Base of an OpenAI-compatible interface; `/embeddings` is appended. */
  @FromVariable('EMBEDDING_URL', text, 'be an http or https URL such as https://api.openai.com/v1; openai needs it')
  @NeededBy('openai')
  @Matches(/^https?:\/\/[^\s/]+(\/\S*)?$/)
  readonly embeddingUrl?: string;

  @FromVariable('EMBEDDING_MODEL', text, 'be a name of at most 200 characters; openai needs it')
  @NeededBy('openai')
  @Length(1, 200)
  readonly embeddingModel?: string;

  @FromVariable('EMBEDDING_API_KEY', text, 'be 1 to 4096 characters without spaces')
  @IsOptional()
  @Matches(/^\S{1,4096}$/)
  readonly embeddingApiKey?: string;

  /** How vectors of another length become 384 numbers: asked for, cut (only for models made for it) or projected. */
  @FromVariable('EMBEDDING_REDUCTION', text, 'be parameter, cut or project')
  @IsIn(['parameter', 'cut', 'project'])
  readonly embeddingReduction: 'parameter' | 'cut' | 'project' = 'project';

  @FromVariable('EMBEDDING_QUERY_PREFIX', text, 'be at most 1000 characters')
  @Length(0, 1000)
  readonly embeddingQueryPrefix: string = '';

  @FromVariable('EMBEDDING_DOCUMENT_PREFIX', text, 'be at most 1000 characters')
  @Length(0, 1000)
  readonly embeddingDocumentPrefix: string = '';

  @FromVariable('EMBEDDING_TIMEOUT_MS', integer, 'be a whole number of milliseconds from 100 to 600000')
  @IsInt()
  @Min(100)
  @Max(600_000)
  readonly embeddingTimeoutMs: number = 30_000;

  /** A model's folder for `transformers`, with `tokenizer.json` and `onnx/`. */
  @FromVariable('EMBEDDING_FOLDER', text, 'be a folder; transformers needs it')
  @NeededBy('transformers')
  @Length(1, 4096)
  readonly embeddingFolder?: string;
}
