import type { ArgumentMetadata, HttpServer, PipeTransform } from '@nestjs/common';
import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';

type Own = RouterExecutionContext;
type PipesFn = ReturnType<Own['createPipesFn']>;
interface Param {
  index: number;
  pipeable: boolean;
  metadata: ArgumentMetadata;
  pipes: readonly PipeTransform[];
  extract: (request: unknown, response: unknown, next: unknown) => unknown;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
const { createPipesFn, createHandleResponseFn } = RouterExecutionContext.prototype;
const TAKEN = Symbol.for('registry:straight-execution');

/**
 * Spares Nest's router the promises around what is done at once: pipes that answer a value, and answers that are plain
 * data. Every promise costs twice here, as the request's context is carried through each. What does not fit (a pipe that
 * waits, a stream, an Observable) goes Nest's own way.
 */
export function executeStraight(): void {
  const prototype = RouterExecutionContext.prototype as Own & { [TAKEN]?: true };
  if (prototype[TAKEN]) return;
  // Both are Nest's own affair: whoever updates it shall hear at once that they are called something else now.
  if (typeof createPipesFn !== 'function' || typeof createHandleResponseFn !== 'function')
    throw new Error('The router of this version of Nest works in another way.');
  prototype[TAKEN] = true;
  prototype.createPipesFn = pipesFn;
  prototype.createHandleResponseFn = handleResponseFn;
}

function pipesFn(this: Own, ...args: Parameters<Own['createPipesFn']>): PipesFn {
  const [pipes, options] = args;
  if (options.length === 0) return null;
  const params = options.map(({ index, type, data, metatype, schema, pipes: own, extractValue }): Param => {
    const pipeable = this.isPipeable(type);
    return {
      index,
      pipeable,
      metadata: { metatype, type, data, schema } as ArgumentMetadata,
      pipes: pipeable ? pipes.concat(own) : [],
      extract: extractValue as Param['extract'],
    };
  });
  return (values, request, response, next) => {
    let pending: Promise<void>[] | undefined;
    for (const param of params) {
      const value = param.extract(request, response, next);
      const piped = param.pipeable ? throughPipes(value, param, 0) : value;
      if (param.pipeable && isThenable(piped)) (pending ??= []).push(put(values, param.index, piped));
      else values[param.index] = piped;
    }
    return pending && Promise.all(pending);
  };
}

/** At once as long as the pipes answer at once. */
function throughPipes(value: unknown, param: Param, from: number): unknown {
  let piped = value;
  for (let i = from; i < param.pipes.length; i++) {
    if (isThenable(piped)) return piped.then((settled) => throughPipes(settled, param, i));
    piped = param.pipes[i].transform(piped, param.metadata);
  }
  return piped;
}

async function put(values: unknown[], index: number, value: PromiseLike<unknown>): Promise<void> {
  values[index] = await value;
}

function handleResponseFn(
  this: Own,
  ...args: Parameters<Own['createHandleResponseFn']>
): ReturnType<Own['createHandleResponseFn']> {
  const usual = createHandleResponseFn.apply(this, args) as (...all: unknown[]) => Promise<unknown>;
  const [callback, handled, redirect, status] = args;
  const special = handled || !!redirect || !!this.reflectRenderTemplate(callback) || !!this.reflectSse(callback);
  if (special) return usual as never;
  const server: HttpServer = this.applicationRef;
  return ((result: unknown, response: unknown, ...rest: unknown[]): unknown =>
    isPlainData(result) ? void server.reply(response, result, status) : usual(result, response, ...rest)) as never;
}

/** What JSON can be made of without asking what else it might be. */
function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
