import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Shown } from '../../../platform/http/fields.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { SCOPE_NAME } from '../scope.js';
import { SpringConfig } from './spring-config.service.js';

const MOST_PROFILES = 10;

export class SpringPropertySource {
  @Shown('registry:service:production/checkout') name: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { 'db.pool.size': 20 } })
  source: Record<string, unknown>;
}

export class SpringEnvironment {
  @Shown('checkout') name: string;
  @Shown(['production'], { type: [String] }) profiles: string[];
  @Shown(null, { type: String, nullable: true }) label: string | null;
  @Shown('42', { description: 'The index of `GET /api/v1/config/watch`.' }) version: string;
  @Shown(null, { type: String, nullable: true }) state: string | null;
  @ApiProperty({ type: [SpringPropertySource], description: 'The nearest first.' })
  propertySources: SpringPropertySource[];
}

const Application = (): MethodDecorator => ApiParam({ name: 'application', description: 'Name of the service.', example: 'checkout' }); // prettier-ignore
const Profiles = (): MethodDecorator => ApiParam({ name: 'profiles', description: 'Environments by commas, the last one nearest; `default` is none.', example: 'production' }); // prettier-ignore

function named(text: string, field: string): string {
  if (!SCOPE_NAME.test(text)) throw InvalidError.field(field, 'must be a name of at most 64 characters');
  return text;
}

@ApiTags('config')
@Permission('read:config')
@Controller('config-server')
export class SpringConfigController {
  constructor(private readonly config: SpringConfig) {}

  @Get(':application/:profiles')
  @Cost(2)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getSpringConfig',
    summary: 'Get the configuration of an application as Spring Cloud Config Server answers it',
    description:
      'Secrets in the clear with `read:secrets`, which is recorded; without, `invalid.<key>` stands for each.',
  })
  @Application()
  @Profiles()
  @ApiOkResponse({ type: SpringEnvironment })
  @ApiProblems(400, 404, 422)
  get(@Param('application') application: string, @Param('profiles') profiles: string): Promise<SpringEnvironment> {
    return this.environment(application, profiles, null);
  }

  @Get(':application/:profiles/:label')
  @Cost(2)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getLabelledSpringConfig',
    summary: 'The same with a label, which is repeated in the answer and decides nothing',
  })
  @Application()
  @Profiles()
  @ApiParam({ name: 'label', example: 'main' })
  @ApiOkResponse({ type: SpringEnvironment })
  @ApiProblems(400, 404, 422)
  labelled(
    @Param('application') application: string,
    @Param('profiles') profiles: string,
    @Param('label') label: string,
  ): Promise<SpringEnvironment> {
    return this.environment(application, profiles, label);
  }

  private async environment(application: string, text: string, label: string | null): Promise<SpringEnvironment> {
    const profiles = text.split(',').map((one) => named(one.trim(), 'profiles'));
    if (profiles.length > MOST_PROFILES) throw InvalidError.field('profiles', `must be at most ${MOST_PROFILES}`);
    const name = named(application, 'application');
    const { sources, version } = await this.config.sources(name, profiles);
    return { name, profiles, label, version, state: null, propertySources: sources };
  }
}
