import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A stand-in for Twilio's Messages API in a thread of its own: it takes everything, answers after so many milliseconds, and
 * keeps when each call arrived. Asked by any message, it posts the times.
 */
const { answerMs } = workerData as { answerMs: number };
const arrivals: number[] = [];

const server = createServer((request, response) => {
  arrivals.push(performance.now());
  const sid = `SM${arrivals.length.toString(16).padStart(32, '0')}`;
  request.resume();
  setTimeout(() => {
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ sid, status: 'queued' }));
  }, answerMs);
});
server.keepAliveTimeout = 60_000;

server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
parentPort!.on('message', () => parentPort!.postMessage(arrivals));
