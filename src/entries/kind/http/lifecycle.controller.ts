import { Body, Controller, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { assertEmptyBody } from '../../../platform/http/empty-body.decorator.js';
import { Shown } from '../../../platform/http/fields.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { OperationShown } from '../../drivers/http/operation.dto.js';
import { OperationsService } from '../../drivers/operations.service.js';
import { toOperationResponse } from '../../drivers/operation.js';
import { IfMatchHeader } from '../../http/entries.controller.js';
import type { Kind, Transition } from '../kind.js';
import { named } from '../kind-classes.js';
import { LifecycleService } from '../lifecycle.service.js';
import { freshRow } from './fresh-row.js';
import { KindId } from './kind-id.decorator.js';
import { KindPages } from './kind-pages.js';

export class TransitionQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Says what would happen, and changes nothing.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  dry_run?: 'true' | 'false';

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Moves along what stands in the way, in order.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  cascade?: 'true' | 'false';
}

/** What a dry run answers. */
export class TransitionPlan {
  @Shown('start') verb: string;
  @Shown('installed') from: string;
  @Shown('running') to: string;
  @Shown(true) dry_run: boolean;
}

const REQUESTED = "The entry's driver works on it: the state follows when the operation has ended.";

/** `POST /{id}/<verb>` for every verb of the kind's table, aliases included. */
export function lifecycleController(kind: Kind): Type {
  const { title, path, classes } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id`)
  class LifecycleController {
    constructor(
      private readonly lifecycle: LifecycleService,
      private readonly pages: KindPages,
      private readonly operations: OperationsService,
    ) {}

    protected async move(
      verb: string,
      id: string,
      query: TransitionQuery,
      input: Record<string, unknown>,
      exchange: Exchange,
    ): Promise<object> {
      const { request, response } = exchange;
      const options = { cascade: query.cascade === 'true', input, check: freshRow(request) };
      if (query.dry_run === 'true') return { ...(await this.lifecycle.plan(kind, id, verb, options)), dry_run: true };
      const { row, operationId } = await this.lifecycle.request(kind, id, verb, options);
      const answer = await this.pages.answer(kind, row, response);
      if (operationId === undefined) return answer;
      response.status(202);
      response.setHeader('Location', `/api/v1/${path}/${row.uid}/operations/${operationId}`);
      return { ...answer, operation: toOperationResponse(await this.operations.of(row, operationId)) };
    }
  }
  const requested = requestedClass(kind);
  for (const [verb, transition] of Object.entries(kind.lifecycle.transitions))
    for (const name of [verb, ...(transition.aliases ?? [])])
      addRoute(LifecycleController.prototype, kind, name, { ...transition, requested });
  ApiExtraModels(TransitionPlan, classes.read)(LifecycleController);
  return named(`${title}LifecycleController`, LifecycleController);
}

interface Exchange {
  request: Request;
  response: Response;
}
type Input = Record<string, unknown>;
type Mover = {
  move: (verb: string, id: string, query: TransitionQuery, input: Input, exchange: Exchange) => Promise<object>;
};

/** What a transition was told, checked before the entry is looked for. */
function inputOf({ input }: Transition, body: unknown = {}): Input {
  if (input) return { ...validated(input, body) };
  assertEmptyBody(body);
  return {};
}

/** One route as Nest's decorators would make it; the verbs are data, so no method can be written for each. */
function addRoute(prototype: object, kind: Kind, verb: string, transition: Transition & { requested: Type }): void {
  const { summary, from, to, driven, input, requested } = transition;
  async function step(
    this: Mover,
    id: string,
    query: TransitionQuery,
    body: unknown,
    request: Request,
    response: Response,
  ) {
    return this.move(verb, id, query, inputOf(transition, body), { request, response });
  }
  // The document finds a route's parameters by the name of its function.
  Object.defineProperty(step, 'name', { value: verb });
  const descriptor = { value: step, writable: true, configurable: true };
  Object.defineProperty(prototype, verb, descriptor);
  const parameters = [Param('id'), Query(), Body(), Req(), Res({ passthrough: true })];
  for (const [index, decorate] of parameters.entries()) decorate(prototype, verb, index);
  Reflect.defineMetadata('design:paramtypes', [String, TransitionQuery, Object, Object, Object], prototype, verb);
  Reflect.defineMetadata('design:returntype', Promise, prototype, verb);
  const decorators: MethodDecorator[] = [
    Post(verb),
    HttpCode(200),
    Permission(`write:${kind.name}`),
    ApiOperation({
      operationId: `${verb.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}${kind.title}`,
      summary,
      description: `From ${from.join(', ')} to ${to}; 409 in any other state, with the verbs that are allowed.`,
    }),
    KindId(kind),
    IfMatchHeader(),
    ...(input ? [ApiBody({ type: input, required: false })] : []),
    ApiOkResponse({
      schema: { oneOf: [{ $ref: getSchemaPath(kind.classes.read) }, { $ref: getSchemaPath(TransitionPlan) }] },
    }),
    ...(driven ? [ApiAcceptedResponse({ type: requested, description: REQUESTED })] : []),
    ApiProblems(400, 404, 409, 412, 413, 415, 422),
  ];
  for (const decorate of decorators) decorate(prototype, verb, descriptor);
}

/** What is answered while a driver works: the resource as it is, and where to see how it goes. */
function requestedClass({ title, classes }: Kind): Type<object> {
  class Requested extends classes.read {}
  ApiProperty({ type: OperationShown })(Requested.prototype, 'operation');
  return named(`${title}Requested`, Requested);
}
