/**
 * What live updates cost without anything of ours: a bare Node.js server that tells each POST to everybody who listens. Its
 * only argument is the port.
 */
import { createServer, type ServerResponse } from 'node:http';

const listeners = new Set<ServerResponse>();
let told = 0;

createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 2000\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return;
  }
  request.resume();
  request.on('end', () => {
    const text = `id: ${++told}\nevent: center\ndata: {"type":"message.received"}\n\n`;
    for (const listener of listeners) listener.write(text);
    response.writeHead(200, { 'content-type': 'text/xml', 'content-length': 11 });
    response.end('<Response/>');
  });
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
