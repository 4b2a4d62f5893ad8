import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { NotFoundError } from '../errors/registry-error.js';
import { ApiProblems } from './api-problem.decorator.js';
import { Public } from './permission.decorator.js';
import { PROBLEM_TYPES, problemTypeUri } from './problem-types.js';

export class ProblemExplanation {
  @ApiProperty({ format: 'uri-reference', example: '/problems/conflict' })
  type: string;

  @ApiProperty({ example: 'Conflict' })
  title: string;

  @ApiProperty({ type: 'integer', example: 409 })
  status: number;

  @ApiProperty({ example: 'The present state refuses the request. The answer says the state and what it allows.' })
  meaning: string;
}

const EXPLANATIONS: readonly ProblemExplanation[] = Object.entries(PROBLEM_TYPES).map(
  ([status, { title, meaning }]) => ({
    type: problemTypeUri(Number(status)),
    title,
    status: Number(status),
    meaning,
  }),
);

/** Where the `type` of every problem leads. */
@ApiTags('operations')
@Public()
@Controller('problems')
export class ProblemController {
  @Get()
  @ApiOperation({ operationId: 'listProblems', summary: 'List the types of problems this service answers with' })
  @ApiOkResponse({ type: [ProblemExplanation] })
  list(): readonly ProblemExplanation[] {
    return EXPLANATIONS;
  }

  @Get(':type')
  @ApiOperation({ operationId: 'getProblem', summary: 'Explain a type of problem' })
  @ApiParam({ name: 'type', example: 'conflict' })
  @ApiOkResponse({ type: ProblemExplanation })
  @ApiProblems(404)
  get(@Param('type') type: string): ProblemExplanation {
    const found = EXPLANATIONS.find((explanation) => explanation.type === `/problems/${type}`);
    if (!found) throw new NotFoundError('problem', type);
    return found;
  }
}
