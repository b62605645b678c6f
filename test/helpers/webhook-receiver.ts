import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who is told: a real server on a free port. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answer: (reply: ServerResponse) => void;
}

export const status =
  (code: number, text = '', headers: Record<string, string> = {}) =>
  (reply: ServerResponse): void => {
    reply.writeHead(code, headers).end(text);
  };

/** Gone when the test ends, with what it still holds open. */
export async function openReceiver(): Promise<Receiver> {
  const receiver: Receiver = { url: '', received: [], answer: status(204) };
  const server = createServer((request, reply) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      receiver.received.push({ headers: request.headers, body });
      receiver.answer(reply);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return Object.assign(receiver, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` });
}

/** As a receiver checks it, written apart from our own code. */
export function signedWith(secret: string, { headers, body }: Received): boolean {
  const hex = createHmac('sha256', secret).update(Buffer.from(body, 'utf8')).digest('hex');
  return headers['x-webhook-signature-256'] === `sha256=${hex}`;
}

export const told = ({ received }: Receiver) =>
  received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
