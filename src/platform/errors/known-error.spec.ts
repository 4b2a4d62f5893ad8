import {
  BadRequestException,
  ForbiddenException,
  InternalServerErrorException,
  PayloadTooLargeException,
} from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { knownError } from './known-error.js';
import { NotFoundError } from './registry-error.js';

const pg = (code: string, message = 'secret text of the database'): Error =>
  Object.assign(new Error(message), { code });

describe('an error on its way to the client', () => {
  it('is left as it is when it is ours', () => {
    const error = new NotFoundError('entity', 'x');
    expect(knownError(error)).toBe(error);
  });

  it.each([
    ['08006', 503, 'database.unavailable'],
    ['57P01', 503, 'database.unavailable'],
    ['53300', 503, 'database.unavailable'],
    ['ECONNREFUSED', 503, 'database.unavailable'],
    ['ECONNRESET', 503, 'database.unavailable'],
    ['57014', 503, 'database.timeout'],
    ['40001', 503, 'database.busy'],
    ['40P01', 503, 'database.busy'],
    ['55P03', 503, 'database.busy'],
    ['22021', 400, 'request.bad_value'],
    ['22P02', 400, 'request.bad_value'],
    ['22P05', 400, 'request.bad_value'],
    ['22003', 400, 'request.bad_value'],
    ['22001', 400, 'request.bad_value'],
    ['54000', 400, 'request.bad_value'],
    ['23505', 409, 'conflict.duplicate'],
    ['23503', 409, 'conflict.reference'],
    ['42601', 500, 'internal'],
    ['XX000', 500, 'internal'],
  ])('SQLSTATE %s is a %d %s, bare or wrapped, and its text is not shown', (state, status, code) => {
    const bare = pg(state);
    for (const error of [bare, new QueryFailedError('SELECT secret', [], bare)]) {
      expect(knownError(error)).toMatchObject({ status, code });
      expect(knownError(error).message).not.toMatch(/secret/);
    }
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Connection terminated due to connection timeout',
  ])('%j says that the database is away, and when to try again', (message) => {
    expect(knownError(new Error(message))).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
  });

  it.each([
    [new BadRequestException('no'), 400, 'request.invalid'],
    [new ForbiddenException('no'), 403, 'request.not_allowed'],
    [new PayloadTooLargeException('no'), 413, 'request.too_large'],
    [new InternalServerErrorException('secret'), 500, 'internal'],
    [new URIError('URI malformed'), 400, 'request.invalid'],
    [Object.assign(new Error('no'), { status: 400, expose: true }), 400, 'request.invalid'],
    [Object.assign(new Error('secret'), { status: 404, expose: false }), 500, 'internal'],
    [new TypeError('secret'), 500, 'internal'],
    ['secret', 500, 'internal'],
    [undefined, 500, 'internal'],
    [null, 500, 'internal'],
  ])('%s is a %d %s', (error, status, code) => {
    const known = knownError(error);
    expect(known).toMatchObject({ status, code });
    expect(known.message).not.toMatch(/secret/);
  });
});
