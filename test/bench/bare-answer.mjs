// node:http alone, with one answer for everything: what a request costs before anybody looks at it.
import { createServer } from 'node:http';

process.once('message', ({ body, headers }) => {
  createServer((request, response) => {
    request.resume();
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  }).listen(0, '127.0.0.1', function () {
    process.send({ port: this.address().port });
  });
});
