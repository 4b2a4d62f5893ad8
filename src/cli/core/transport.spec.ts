import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transport } from './transport.js';

let server: Server;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const send = (protocol: string, connectTimeoutMs: number, timeoutMs: number) => {
  const url = new URL(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return new Transport().send({ url, method: 'GET', headers: {}, connectTimeoutMs, timeoutMs });
};

describe('a connection', () => {
  it('that does not come about in its own time has sent nothing', async () => {
    // Nobody on the other side begins to speak TLS.
    await expect(send('https', 50, 5000)).rejects.toMatchObject({ code: 'ECONNTIMEOUT', sent: false });
  });

  it('that came about has the time of the whole request for its answer', async () => {
    await expect(send('http', 50, 150)).rejects.toMatchObject({ code: 'ETIMEDOUT', sent: true, timedOut: true });
  });
});
