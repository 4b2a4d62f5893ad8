import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { currentActor, currentRequest } from '../../platform/http/request-context.js';
import { StreamedBody } from '../../platform/http/streamed-body.decorator.js';
import { KeyHasher } from '../keys/key-hasher.js';
import { LeakFeedback, LeakFinding } from './leaked-key.dto.js';
import { LeakedKeysService } from './leaked-keys.service.js';
import { leakReportsOf } from './leak-report.js';
import { ReportBodies } from './report-bodies.js';
import { ReportSignature } from './report-signature.js';
import { OrSigned } from './signed-report.decorator.js';

@ApiTags('gateway')
@Controller('api/v1/security')
export class LeakedKeysController {
  constructor(
    private readonly leaks: LeakedKeysService,
    private readonly signatures: ReportSignature,
    private readonly bodies: ReportBodies,
    private readonly hasher: KeyHasher,
  ) {}

  @Post('leaked-keys')
  @HttpCode(200)
  @Permission('admin:security')
  @OrSigned()
  @StreamedBody('application/json')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'reportLeakedKeys',
    summary: 'Report keys that were found where they do not belong, as GitHub secret scanning does',
    description:
      'With `admin:security`, or without a credential when the body is signed (ECDSA P-256, SHA-256) by a key of ' +
      'LEAKED_KEYS_PUBLIC_KEYS_URL. Keys of this registry are revoked, or noted, as LEAKED_KEY_POLICY says.',
  })
  @ApiHeader({ name: 'Github-Public-Key-Identifier', required: false, example: 'bcb53661c06b4728e59d897fb6165d5c' })
  @ApiHeader({ name: 'Github-Public-Key-Signature', required: false, example: 'MEQCIQDaMKqrGnE27S0kgMrEK0eYBm…' })
  @ApiBody({ type: [LeakFinding] })
  @ApiOkResponse({ type: [LeakFeedback] })
  @ApiProblems(400, 413)
  async report(@Req() request: Request): Promise<LeakFeedback[]> {
    const signed = currentRequest()?.principal ? undefined : await this.signatures.claimed(request, request.ip);
    const body = await this.bodies.read(request);
    if (signed) this.signatures.assertSigned(signed, body, request.ip);
    const reporter = signed ? `signature:${signed.key.identifier}` : currentActor();
    return this.leaks.report(leakReportsOf(body, this.hasher, { signed: signed !== undefined }), reporter);
  }
}
