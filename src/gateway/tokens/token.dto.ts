import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Shown } from '../../platform/http/fields.js';
import { PERMISSION_PATTERN } from '../permissions.js';
import { LONGEST_TOKEN_SECONDS, USUAL_TOKEN_SECONDS } from './token-terms.js';

export class TokenCreate {
  @ApiPropertyOptional({
    type: [String],
    maxItems: 100,
    nullable: true,
    example: ['read:entities'],
    description: 'A part of what the key may do; all of it when left out.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(PERMISSION_PATTERN, {
    each: true,
    message: 'each of $property must be read:<area>, write:<area>, admin:<area> or *',
  })
  permissions?: string[] | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_TOKEN_SECONDS,
    default: USUAL_TOKEN_SECONDS,
    nullable: true,
    description: 'Seconds until the token ends; the end of the key comes first.',
    example: USUAL_TOKEN_SECONDS,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_TOKEN_SECONDS)
  expires_in?: number | null;
}

export class AccessToken {
  @Shown('eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl') access_token: string;
  @Shown('Bearer', { enum: ['Bearer'] }) token_type: 'Bearer';
  @Shown(USUAL_TOKEN_SECONDS, { description: 'Seconds.' }) expires_in: number;
  @Shown(['read:entities'], { type: [String] }) permissions: string[];
}

/** RFC 7517: a public key that tokens are signed with. */
export class PublicJwk {
  @Shown('RSA') kty: string;
  @Shown('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', { description: 'RFC 7638 thumbprint.' }) kid: string;
  @Shown('RS256') alg: string;
  @Shown('sig') use: string;
  @Shown('0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP') n: string;
  @Shown('AQAB') e: string;
}

export class PublicJwks {
  @ApiProperty({ type: [PublicJwk] }) keys: PublicJwk[];
}
