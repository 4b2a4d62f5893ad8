import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Permission } from '../../src/platform/http/permission.decorator.js';
import { StreamedBody } from '../../src/platform/http/streamed-body.decorator.js';

interface Effect {
  note: string;
}
type Mishap = (attempt: number) => Promise<void>;

/** What goes wrong after the effect of a note was written, by note. */
export const mishaps = new Map<string, Mishap>();
export const attempts = new Map<string, number>();

/** Routes with effects: rows of the table `probe_effect`, which the test makes. */
@Permission('write:entities')
@Controller('probe')
export class EffectController {
  constructor(private readonly uow: UnitOfWork) {}

  @Post('effects')
  async make(
    @Body() { note }: Effect,
    @Query('as') as: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const id = await this.uow.run(async () => {
      const [row] = await this.uow.query<{ id: number }>('INSERT INTO probe_effect (note) VALUES ($1) RETURNING id', [
        note,
      ]);
      return row.id;
    });
    const attempt = (attempts.get(note) ?? 0) + 1;
    attempts.set(note, attempt);
    await mishaps.get(note)?.(attempt);
    response.setHeader('Location', `/probe/effects/${id}`);
    response.setHeader('ETag', '"1"');
    return { id, note, as: as ?? null, at: new Date(0) };
  }

  @Post('quiet')
  @HttpCode(204)
  async quiet(@Body() { note }: Effect): Promise<void> {
    await this.uow.query('INSERT INTO probe_effect (note) VALUES ($1)', [note]);
  }

  @Post('refused')
  async refuse(@Body() { note }: Effect, @Res({ passthrough: true }) response: Response): Promise<object> {
    await this.uow.query('INSERT INTO probe_effect (note) VALUES ($1)', [note]);
    response.status(409);
    return { refused: true };
  }

  @Post('stream')
  @StreamedBody('application/x-ndjson')
  stream(): object {
    return {};
  }

  @Post('own')
  own(@Res() response: Response): void {
    response.json({});
  }

  @Post('find')
  @HttpCode(200)
  @Permission('read:search')
  find(@Body() body: object): object {
    return { body, at: performance.now() };
  }

  @Get('effects')
  @Permission('read:entities')
  read(): object {
    return { at: performance.now() };
  }
}
