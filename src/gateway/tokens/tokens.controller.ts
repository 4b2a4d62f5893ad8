import { Body, Controller, Get, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission, Public } from '../../platform/http/permission.decorator.js';
import { validated } from '../../platform/http/validation.pipe.js';
import { callerOf } from '../caller.js';
import { Authenticated } from '../route-requirement.js';
import { SigningKeys } from './signing-keys.js';
import {
  AccessToken,
  PublicJwks,
  SigningKeysRotate,
  SigningKeysRotated,
  TokenCreate,
  TokenRefresh,
  TokenRevoke,
  TokenRevoked,
} from './token.dto.js';
import { ALGORITHM } from './token-terms.js';
import { TokensService } from './tokens.service.js';

@ApiTags('gateway')
@Controller('api/v1/gateway')
export class TokensController {
  constructor(
    private readonly tokens: TokensService,
    private readonly signingKeys: SigningKeys,
  ) {}

  @Post('tokens')
  @HttpCode(200)
  @Authenticated()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'createToken', summary: 'Make a short-lived token (JWT) from the API key of the call' })
  @ApiBody({ type: TokenCreate, required: false })
  @ApiOkResponse({ type: AccessToken })
  @ApiProblems(400)
  issue(@Req() request: Request): Promise<AccessToken> {
    return this.tokens.issue(callerOf(), validated(TokenCreate, request.body ?? {}));
  }

  @Post('tokens/refresh')
  @HttpCode(200)
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'refreshToken',
    summary: 'Exchange a refresh token for the next access token and the next refresh token',
  })
  @ApiOkResponse({ type: AccessToken })
  @ApiProblems(400)
  refresh(@Body() body: TokenRefresh, @Req() request: Request): Promise<AccessToken> {
    return this.tokens.refresh(body, request.ip);
  }

  @Post('tokens/revoke')
  @HttpCode(200)
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'revokeToken', summary: 'End an access token, or a refresh token with all its family' })
  @ApiOkResponse({ type: TokenRevoked })
  @ApiProblems(400)
  async revoke(@Body() body: TokenRevoke): Promise<TokenRevoked> {
    await this.tokens.revoke(body.token);
    return { revoked: true };
  }

  @Post('signing-keys/rotate')
  @HttpCode(200)
  @Permission('admin:system')
  @ApiOperation({
    operationId: 'rotateSigningKeys',
    summary: 'Sign tokens with new keys from now on, on every replica',
  })
  @ApiBody({ type: SigningKeysRotate, required: false })
  @ApiOkResponse({ type: SigningKeysRotated })
  @ApiProblems(400, 409, 422)
  async rotate(@Req() request: Request): Promise<SigningKeysRotated> {
    const { withdraw } = validated(SigningKeysRotate, request.body ?? {});
    const withdrawn = withdraw ?? false;
    return { retired: await this.signingKeys.retireAll(withdrawn), withdrawn };
  }

  @Get('.well-known/jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=60')
  @ApiOperation({ operationId: 'getJwks', summary: 'Get the public keys that tokens are signed with (RFC 7517)' })
  @ApiOkResponse({ type: PublicJwks })
  async jwks(): Promise<PublicJwks> {
    const keys = await this.signingKeys.list();
    return {
      keys: keys.map(({ kid, jwk: { kty, n, e } }) => ({ kty, kid, alg: ALGORITHM, use: 'sig', n, e }) as never),
    };
  }
}
