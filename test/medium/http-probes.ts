import { Body, Controller, Get, HttpCode, Module, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Request, Response } from 'express';
import { Env } from '../../src/platform/env/env.js';
import { EnvModule } from '../../src/platform/env/env.module.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { ConflictError } from '../../src/platform/errors/registry-error.js';
import { APP_OPTIONS, configureApp } from '../../src/platform/http/bootstrap.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { NDJSON, NdjsonWriter, readItems } from '../../src/platform/http/ndjson.js';
import type { BodyItem } from '../../src/platform/http/ndjson.js';
import { PageQuery, sendPage } from '../../src/platform/http/paging.js';
import { RegistryAdapter } from '../../src/platform/http/registry-adapter.js';
import { currentRequest } from '../../src/platform/http/request-context.js';
import type { RequestContext } from '../../src/platform/http/request-context.js';
import { StreamedBody } from '../../src/platform/http/streamed-body.decorator.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { LoggingModule } from '../../src/platform/logging/logging.module.js';

class Inner {
  @IsInt()
  size: number;
}
class Probe {
  @IsString()
  @MaxLength(10)
  name: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Inner)
  inner?: Inner;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Inner)
  list?: Inner[];

  @IsOptional()
  @IsObject()
  metadata?: Record<string, unknown>;
}

/** Routes that do what the handlers of a service do, and what they must never do. */
@Controller('probe')
class ProbeController {
  constructor(private readonly env: Env) {}

  @Get('context')
  async context(): Promise<Omit<RequestContext, 'source'>> {
    await Promise.resolve();
    const { source: _source, ...context } = currentRequest()!;
    return context;
  }

  @Get('list')
  list(@Query() query: PageQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response): number[] {
    return sendPage(request, response, { rows: [query.limit], nextCursor: 'abc', total: 3 });
  }

  @Get('big')
  big(): object {
    return { text: 'x'.repeat(10_000) };
  }

  @Get('slow')
  async slow(): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { done: true };
  }

  @Get('text')
  text(): string {
    return 'plain';
  }

  @Get('nothing')
  @HttpCode(204)
  nothing(): void {}

  @Get('boom')
  boom(): never {
    throw new TypeError('the secret is hunter2');
  }

  @Get('lost')
  lost(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('conflict')
  conflict(): never {
    throw new ConflictError('probe.state', 'It runs.', {
      state: 'running',
      allowed: ['stop'],
      status: 200,
      type: 'mine',
    });
  }

  @Get('cut')
  cut(@Res() response: Response): never {
    response.write('half');
    throw new Error('in the middle');
  }

  @Get('lines')
  async lines(@Res() response: Response): Promise<void> {
    const writer = new NdjsonWriter(response);
    for (let i = 0; i < 1000; i++) if (!(await writer.write({ i, pad: 'x'.repeat(100) }))) return;
    writer.end();
  }

  @Post('body')
  body(@Body() body: Probe): Probe {
    return body;
  }

  @Post('free')
  free(@Body() body: unknown): { body: unknown } {
    return { body: body ?? null };
  }

  @Post('items')
  @HttpCode(200)
  @StreamedBody('application/json', NDJSON)
  async items(@Req() request: Request): Promise<unknown[]> {
    const items: BodyItem[] = [];
    for await (const item of readItems(request, { limit: this.env.bulkLimitBytes, lists: ['entries', 'edges'] }))
      items.push(item);
    return items.map(({ error, ...item }) => ({ ...item, ...(error && { errors: error.errors }) }));
  }

  @Get('items/:id')
  item(@Param('id') id: string): { id: string } {
    return { id };
  }
}

export interface Probes {
  app: NestExpressApplication;
  url: string;
  log: string[];
  close(): Promise<void>;
}

/** An application of the platform alone, without a database. */
export async function probes(env: Record<string, string> = {}): Promise<Probes> {
  const log: string[] = [];
  const logger = Logger.create({ logLevel: 'debug', logFormat: 'json' }, { write: (line) => log.push(line) });
  const platform = [EnvModule.forRoot(readEnv(env)), LoggingModule.forRoot(logger), HttpModule];
  @Module({ imports: platform, controllers: [ProbeController] })
  class ProbeModule {}
  const module = await Test.createTestingModule({ imports: [ProbeModule] }).compile();
  const app = module.createNestApplication<NestExpressApplication>(new RegistryAdapter(), {
    ...APP_OPTIONS,
    logger: false,
  });
  configureApp(app);
  await app.listen(0, '127.0.0.1');
  return { app, log, url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}
