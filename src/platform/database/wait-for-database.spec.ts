import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { DatabaseUnavailableError, waitForDatabase } from './wait-for-database.js';

const error = (code: string, message: string): Buffer => {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const header = Buffer.alloc(5);
  header.write('E');
  header.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([header, fields]);
};

describe('waitForDatabase', () => {
  let server: Server;
  let connections: number;
  let answer: Buffer;
  beforeEach(async () => {
    connections = 0;
    server = createServer((socket) => {
      connections++;
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const url = (): string =>
    `postgresql://someone:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}/registry?sslmode=disable`;
  const attempt = (said: string[] = []): Promise<void> =>
    waitForDatabase(url(), (message) => said.push(message), { tries: 7, pauseMs: 1 });

  it('gives a server that is starting a bounded number of tries, and says what it waits for', async () => {
    answer = error('57P03', 'the database system is starting up');
    const said: string[] = [];
    await expect(attempt(said)).rejects.toThrow(/did not answer in 7 tries: the database system is starting up/);
    expect(connections).toBe(7);
    expect(said).toEqual([
      expect.stringMatching(/^Waiting for PostgreSQL at 127\.0\.0\.1:\d+\/registry: .* \(try 1 of 7\)\.$/),
      expect.stringMatching(/\(try 6 of 7\)\.$/),
    ]);
  });

  it.each([
    ['28P01', 'password authentication failed for user "someone"'],
    ['3D000', 'database "registry" does not exist'],
  ])('does not wait for what waiting does not mend (%s)', async (code, message) => {
    answer = error(code, message);
    await expect(attempt()).rejects.toThrow(`refuses this service: ${message}.`);
    expect(connections).toBe(1);
  });

  it('tells of a server that is not there without telling the password', async () => {
    const gone = url();
    server.close();
    const failure = await waitForDatabase(gone, () => undefined, { tries: 2, pauseMs: 1 }).catch((reason) => reason);
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toContain('ECONNREFUSED');
    expect(failure.message).toContain('Is DATABASE_URL right');
    expect(failure.message).not.toContain('s3cret');
  });
});
