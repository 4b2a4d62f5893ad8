import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { BooleanField, Shown, TextField } from '../../platform/http/fields.js';
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

  @BooleanField({
    description: 'Gives a refresh token as well, which is exchanged for the next access token.',
    example: false,
  })
  refresh?: boolean | null;
}

/** The refresh token is the credential: the call takes no other. */
export class TokenRefresh {
  @TextField({
    required: true,
    min: 1,
    max: 200,
    trim: false,
    description: 'Good for one use: the answer holds the next one.',
    example: 'refresh_0000000000000000000000000000000000000000000000000',
  })
  refresh_token: string;
}

/** RFC 7009. Whoever has a token may end it: the call takes no other credential. */
export class TokenRevoke {
  @TextField({
    required: true,
    min: 1,
    max: 12_000,
    trim: false,
    description: 'An access token, or a refresh token: then all of its family end, and their access tokens.',
    example: 'refresh_0000000000000000000000000000000000000000000000000',
  })
  token: string;

  @TextField({ max: 100, description: 'Not needed; taken as RFC 7009 has it.', example: 'refresh_token' })
  token_type_hint?: string | null;
}

export class TokenRevoked {
  @Shown(true, { description: 'Always true: what is no token of ours opens nothing either.' }) revoked: boolean;
}

export class AccessToken {
  @Shown('eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl') access_token: string;
  @Shown('Bearer', { enum: ['Bearer'] }) token_type: 'Bearer';
  @Shown(USUAL_TOKEN_SECONDS, { description: 'Seconds.' }) expires_in: number;
  @Shown(['read:entities'], { type: [String] }) permissions: string[];
  @ApiPropertyOptional({
    example: 'refresh_0000000000000000000000000000000000000000000000000',
    description: 'When it was asked for; shown this once, good for one use.',
  })
  refresh_token?: string;
  @ApiPropertyOptional({ type: 'integer', example: 604_800, description: 'Seconds until the refresh token ends.' })
  refresh_expires_in?: number;
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

export class SigningKeysRotate {
  @BooleanField({
    description: 'Takes the public keys back as well, so that every token ends now: for when a private key got out.',
    example: false,
  })
  withdraw?: boolean | null;
}

export class SigningKeysRotated {
  @Shown(2, { description: 'Signing keys that were retired, or withdrawn.' }) retired: number;
  @Shown(false) withdrawn: boolean;
}
