import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Module, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import type { CanActivate, INestApplication, PipeTransform } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { of } from 'rxjs';
import { RegistryAdapter } from './registry-adapter.js';
import { executeStraight } from './straight-execution.js';

class Doubled implements PipeTransform {
  transform(value: string): string {
    return value + value;
  }
}
class Waiting implements PipeTransform {
  async transform(value: string): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return `${value}!`;
  }
}
class Failing implements PipeTransform {
  transform(): never {
    throw Object.assign(new Error('piped'), { status: 418 });
  }
}

class Agreeing implements CanActivate {
  async canActivate(): Promise<boolean> {
    return true;
  }
}
class Refusing implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller()
class Shapes {
  @Get('pipes/:a')
  pipes(@Param('a', Doubled, Waiting, Doubled) a: string, @Query('b', Doubled) b: string) {
    return { a, b };
  }

  @Get('fails/:a')
  fails(@Param('a', Failing) a: string) {
    return { a };
  }

  @Get('guarded')
  @UseGuards(Agreeing, Refusing)
  guarded() {
    return 'never';
  }

  @Get('counted')
  @UseGuards(Agreeing)
  @HttpCode(202)
  async counted() {
    return { at: 'last' };
  }

  @Get('observable')
  observable() {
    return of({ of: 'rx' });
  }

  @Get('stream')
  stream() {
    return new StreamableFile(Readable.from(['a', 'b']), { type: 'text/plain' });
  }

  @Get('text')
  text() {
    return 'words';
  }

  @Get('list')
  list() {
    return [1, 2];
  }

  @Get('nothing')
  nothing() {
    return undefined;
  }
}

@Module({ controllers: [Shapes] })
class ShapesModule {}

describe('executeStraight', () => {
  let app: INestApplication;
  let url: string;
  const text = async (path: string): Promise<string> => (await fetch(`${url}/${path}`)).text();

  beforeAll(async () => {
    app = await NestFactory.create(ShapesModule, new RegistryAdapter(), { logger: false });
    executeStraight();
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());

  it('puts values through all pipes in order, those that wait and those that do not', async () => {
    expect(JSON.parse(await text('pipes/x?b=y'))).toEqual({ a: 'xx!xx!', b: 'yy' });
  });

  it('leaves a refusal of a pipe to the filters', async () => {
    expect((await fetch(`${url}/fails/x`)).status).not.toBe(200);
    expect(await text('list')).toBe('[1,2]');
  });

  it('asks the guards first, those that wait too', async () => {
    expect((await fetch(`${url}/guarded`)).status).toBe(403);
    const counted = await fetch(`${url}/counted`);
    expect([counted.status, await counted.json()]).toEqual([202, { at: 'last' }]);
  });

  it.each([
    ['observable', '{"of":"rx"}'],
    ['stream', 'ab'],
    ['text', 'words'],
    ['list', '[1,2]'],
    ['nothing', ''],
  ])('answers %s as Nest does', async (path, expected) => {
    expect(await text(path)).toBe(expected);
  });
});
