// What a server has to do at least for many listeners: the same frame to each, and the end. Nothing is checked, kept or
// looked up. `GET` listens, `POST` tells all who listen.
import { createServer } from 'node:http';

const listeners = new Set();
const frame = `id: 2\nevent: cancelled\ndata: ${JSON.stringify({ task_id: crypto.randomUUID(), status: 'cancelled', timestamp: new Date().toISOString() })}\n\n`;
const server = createServer((request, reply) => {
  if (request.method === 'GET') {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.write('id: 1\nevent: status\ndata: {}\n\n');
    listeners.add(reply);
    return;
  }
  reply.end();
  for (const listener of listeners) listener.end(frame);
  listeners.clear();
});
server.listen(0, '127.0.0.1', () => console.log(`listening: http://127.0.0.1:${server.address().port}`));
