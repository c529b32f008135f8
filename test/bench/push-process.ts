import http2 from 'node:http2';
import { selfSigned } from '../support/self-signed.ts';

// A push service that takes everything at once, over HTTP/2 or HTTP/1.1 as its caller likes, in a process of its own: its CPU is not the sender's.
const server = http2.createSecureServer({ ...selfSigned, allowHTTP1: true }, (request, response) => {
  request
    .resume()
    .on('end', () => response.writeHead(201, { Location: 'https://localhost/message/1' }).end());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('disconnect', () => process.exit());
