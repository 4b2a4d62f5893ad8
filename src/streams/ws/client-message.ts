import type { Type } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { WholeNumber } from '../../platform/http/paging.js';
import { assertPlainData } from '../../platform/http/plain-data.js';
import { validated } from '../../platform/http/validation.pipe.js';

class Message {
  @IsString()
  type: string;
}

export class AuthMessage extends Message {
  /** An API key or an access token. */
  @IsString()
  @Length(1, 12_000)
  token: string;
}

export class UnsubscribeMessage extends Message {
  /** Names one of several subscriptions of a connection; messages then carry it as `subscription`. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9._-]{1,64}$/)
  id?: string;
}

export class SubscribeMessage extends UnsubscribeMessage {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  types?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  entity_types?: string[];

  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  since?: number;
}

export class PingMessage extends UnsubscribeMessage {}

interface Messages {
  auth: AuthMessage;
  subscribe: SubscribeMessage;
  unsubscribe: UnsubscribeMessage;
  ping: PingMessage;
}
const MESSAGES: { [Kind in keyof Messages]: Type<Messages[Kind]> } = {
  auth: AuthMessage,
  subscribe: SubscribeMessage,
  unsubscribe: UnsubscribeMessage,
  ping: PingMessage,
};

export type ClientMessage = { [Kind in keyof Messages]: { kind: Kind; body: Messages[Kind] } }[keyof Messages];

/** Reads a message of a client. Throws InvalidError. */
export function readMessage(data: Buffer, binary: boolean): ClientMessage {
  if (binary) throw new InvalidError('Messages are JSON texts, not binary.', undefined, 'request.invalid_json');
  const value = parsed(data);
  assertPlainData(value);
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(MESSAGES, type)) {
    const known = Object.keys(MESSAGES).join(', ');
    throw InvalidError.field('type', `must be one of ${known}`, 'request.unknown_type');
  }
  const kind = type as keyof Messages;
  return { kind, body: validated<object>(MESSAGES[kind], value, 'message') } as ClientMessage;
}

function parsed(data: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    throw new InvalidError('The message is not JSON.', undefined, 'request.invalid_json');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidError('A message is a JSON object such as {"type":"ping"}.', undefined, 'request.invalid_json');
}
