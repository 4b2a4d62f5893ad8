import { ForbiddenException } from '@nestjs/common';
import type { ArgumentMetadata, CanActivate, ExecutionContext, PipeTransform } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { HandlerMetadata } from '@nestjs/core/helpers/handler-metadata-storage.js';
import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import type { ParamProperties } from '@nestjs/core/router/router-execution-context.js';

type Create = RouterExecutionContext['create'];
type Route = Parameters<Create>;
type Execution = (request: unknown, response: unknown, next: unknown) => unknown;
type Made<T> = { create: (instance: unknown, callback: unknown, moduleKey: string) => T[] };

/** What of Nest's router is used here; its version is pinned, and a test runs every kind of answer through it. */
interface Router extends Pick<
  RouterExecutionContext,
  'applicationRef' | 'getMetadata' | 'isPipeable' | 'reflectRedirect' | 'reflectRenderTemplate'
> {
  contextUtils: { mergeParamsMetatypes: (params: ParamProperties[], types: unknown[]) => Param[] };
  guardsContextCreator: Made<CanActivate>;
  pipesContextCreator: Made<PipeTransform>;
  interceptorsContextCreator: Made<unknown>;
  isResponseHandled: (instance: unknown, method: string, params: ParamProperties[]) => boolean;
}
type Param = ParamProperties & { metatype?: ArgumentMetadata['metatype'] };
interface Step {
  index: number;
  extract: Param['extractValue'];
  pipes: readonly PipeTransform[];
  metadata: ArgumentMetadata;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
const { create: nestCreate } = RouterExecutionContext.prototype;

/**
 * Runs a route's guards, pipes and handler one after the other, waiting only where one of them does. Nest makes and awaits
 * a promise around each, and every promise costs twice here, as the request's context is carried through it. Routes with
 * interceptors, server-sent events, templates, redirects or fixed headers, and answers that are not plain data, stay Nest's.
 */
export function executeStraight(): void {
  RouterExecutionContext.prototype.create = function create(this: RouterExecutionContext, ...route: Route) {
    return (straight(this as unknown as Router, route) ?? nestCreate.apply(this, route)) as ReturnType<Create>;
  };
}

function straight(router: Router, route: Route): Execution | undefined {
  const [instance, callback, methodName, moduleKey, requestMethod, contextId] = route;
  const found = router.getMetadata(instance, callback, methodName, moduleKey, requestMethod, 'http');
  const params = found.getParamsMetadata(moduleKey);
  const special =
    contextId !== undefined ||
    found.isSseHandler ||
    found.hasCustomHeaders ||
    router.reflectRedirect(callback) !== undefined ||
    router.reflectRenderTemplate(callback) !== undefined ||
    router.interceptorsContextCreator.create(instance, callback, moduleKey).length > 0;
  if (special) return undefined;
  const steps = stepsOf(router, route, router.contextUtils.mergeParamsMetatypes(params, found.paramtypes));
  const guards = router.guardsContextCreator.create(instance, callback, moduleKey);
  const send = sender(router, found, router.isResponseHandled(instance, methodName, params));
  const blank = Array.from({ length: found.argsLength }, (): unknown => null);
  const handle: Execution = (request, response, next) => {
    (response as { statusCode: number }).statusCode = found.httpStatusCode;
    const values = blank.slice();
    const pending = fill(values, steps, [request, response, next]);
    const result: unknown = pending
      ? pending.then(() => callback.apply(instance, values))
      : callback.apply(instance, values);
    return isThenable(result)
      ? result.then((value) => send(value, response, request))
      : send(result, response, request);
  };
  return (request, response, next) => {
    const context = new ExecutionContextHost([request, response, next], instance.constructor as never, callback);
    context.setType('http');
    const waited = throughGuards(guards, context, 0);
    return waited ? waited.then(() => handle(request, response, next)) : handle(request, response, next);
  };
}

function stepsOf(router: Router, [instance, callback, , moduleKey]: Route, params: Param[]): Step[] {
  const pipes = router.pipesContextCreator.create(instance, callback, moduleKey);
  return params.map(({ index, type, data, metatype, schema, pipes: own, extractValue }) => ({
    index,
    extract: extractValue,
    pipes: router.isPipeable(type) ? pipes.concat(own) : [],
    metadata: { metatype, type, data, schema } as ArgumentMetadata,
  }));
}

/** Undefined when all of them agreed at once. */
function throughGuards(
  guards: readonly CanActivate[],
  context: ExecutionContext,
  from: number,
): Promise<void> | undefined {
  for (let i = from; i < guards.length; i++) {
    const allowed = guards[i].canActivate(context);
    if (isThenable(allowed))
      return Promise.resolve(allowed).then((settled) => {
        assertAllowed(settled);
        return throughGuards(guards, context, i + 1);
      });
    assertAllowed(allowed);
  }
  return undefined;
}

function assertAllowed(allowed: unknown): void {
  if (allowed !== true) throw new ForbiddenException();
}

/** Undefined when no pipe waits. */
function fill(
  values: unknown[],
  steps: readonly Step[],
  [request, response, next]: unknown[],
): Promise<unknown> | undefined {
  let pending: Promise<void>[] | undefined;
  for (const step of steps) {
    const value = throughPipes(step.extract(request, response, next as never), step, 0);
    if (step.pipes.length > 0 && isThenable(value)) (pending ??= []).push(put(values, step.index, value));
    else values[step.index] = value;
  }
  return pending && Promise.all(pending);
}

function throughPipes(value: unknown, step: Step, from: number): unknown {
  let piped = value;
  for (let i = from; i < step.pipes.length; i++) {
    if (isThenable(piped)) return piped.then((settled) => throughPipes(settled, step, i));
    piped = step.pipes[i].transform(piped, step.metadata);
  }
  return piped;
}

async function put(values: unknown[], index: number, value: PromiseLike<unknown>): Promise<void> {
  values[index] = await value;
}

/** What JSON can be made of goes out at once; anything else as Nest sends it. */
function sender(router: Router, { fnHandleResponse }: HandlerMetadata, handled: boolean): Execution {
  const usual = fnHandleResponse as unknown as (result: unknown, response: unknown, request: unknown) => unknown;
  return (result, response, request) =>
    !handled && isPlainData(result)
      ? void router.applicationRef.reply(response, result)
      : usual(result, response, request);
}

function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
