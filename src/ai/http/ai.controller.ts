import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { ClassifyService } from '../classify/classify.service.js';
import { EmbedService } from '../embed.service.js';
import { ExtractService } from '../extract/extract.service.js';
import { AiStatusService } from '../status.service.js';
import { SummarizeService } from '../summarize/summarize.service.js';
import { TagsService } from '../tags/tags.service.js';
import {
  AiSubject,
  EmbedRequest,
  EmbedResult,
  ExtractRequest,
  ExtractResult,
  SummarizeRequest,
  SummarizeResult,
  TagsRequest,
  TagsResult,
} from './ai.dto.js';
import { AiStatus, ClassifyResult } from './classify.dto.js';

const TAGS = 10;
const SENTENCES = 3;

const WORDS = ['text', 'title', 'description', 'name'] as const;

/** @throws InvalidError when there is nothing to read, naming what was given in vain, or else `text` */
function told<Subject extends AiSubject>(subject: Subject): Subject {
  if (WORDS.some((part) => subject[part]?.trim())) return subject;
  const given = WORDS.filter((part) => subject[part] !== undefined);
  const message = 'says nothing: one of text, title, description and name is required';
  throw new InvalidError(
    'One of text, title, description and name is required.',
    (given.length > 0 ? given : ['text']).map((field) => ({ field, message })),
  );
}

const textOf = ({ text, title, description, name }: AiSubject): string =>
  [title, name?.replace(/[-._]+/g, ' '), description, text].filter((part) => part).join('. ');

@ApiTags('ai')
@Controller('api/v1/ai')
@Permission('read:ai')
export class AiController {
  constructor(
    private readonly classifying: ClassifyService,
    private readonly embedding: EmbedService,
    private readonly extracting: ExtractService,
    private readonly summarizing: SummarizeService,
    private readonly tagging: TagsService,
    private readonly status: AiStatusService,
  ) {}

  @Post('classify')
  @Cost(5)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'classifyText',
    summary: 'Say of what category and feature a text is, how surely and why',
  })
  @ApiOkResponse({ type: ClassifyResult })
  @ApiProblems(400, 413, 415)
  classify(@Body() body: AiSubject): Promise<ClassifyResult> {
    return this.classifying.classify(told(body));
  }

  @Post('embed')
  @Cost(5)
  @HttpCode(200)
  @ApiOperation({ operationId: 'embedTexts', summary: 'Turn texts into vectors of 384 numbers' })
  @ApiOkResponse({ type: EmbedResult })
  @ApiProblems(400, 413, 415, 422)
  embed(@Body() { texts, kind }: EmbedRequest): Promise<EmbedResult> {
    return this.embedding.embed(texts, kind ?? 'document');
  }

  @Post('extract')
  @Cost(5)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'extractEntities',
    summary: 'Find what a text names: technologies, entries, versions, people …',
  })
  @ApiOkResponse({ type: ExtractResult })
  @ApiProblems(400, 413, 415)
  extract(@Body() { text, types }: ExtractRequest): Promise<ExtractResult> {
    return this.extracting.extract(text, types ?? undefined);
  }

  @Post('summarize')
  @Cost(5)
  @HttpCode(200)
  @ApiOperation({ operationId: 'summarizeText', summary: 'Choose the sentences of a text that stand best for it' })
  @ApiOkResponse({ type: SummarizeResult })
  @ApiProblems(400, 413, 415)
  summarize(@Body() { text, sentences }: SummarizeRequest): Promise<SummarizeResult> {
    return this.summarizing.summarize(text, sentences ?? SENTENCES);
  }

  @Post('tags')
  @Cost(5)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'suggestTags',
    summary: 'Suggest tags for a text, by like entries and by its own words',
  })
  @ApiOkResponse({ type: TagsResult })
  @ApiProblems(400, 413, 415)
  tags(@Body() body: TagsRequest): Promise<TagsResult> {
    return this.tagging.suggest(textOf(told(body)), body.limit ?? TAGS, body.tags ?? []);
  }

  @Get('status')
  @ApiOperation({ operationId: 'getAiStatus', summary: 'Show the model, its indexes and what waits for it' })
  @ApiOkResponse({ type: AiStatus })
  read(): Promise<AiStatus> {
    return this.status.read();
  }
}
