import type { FastifyInstance } from 'fastify';
import { casts } from '../execution/casts.ts';
import { isObject } from '../execution/prompt.ts';
import { HttpError, type Parts } from './parts.ts';

/** The body of a state change, which must be an object. */
function objectBody(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw new HttpError(500, 'The body must be a JSON object.');
  return body;
}

const idList = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Prompts, their queue and their history (comfyui-protocol.md sections 3, 4 and 7). */
export function promptRoutes(app: FastifyInstance, { engine }: Parts): void {
  app.get('/prompt', async () => engine.queueInfo);
  app.post('/prompt', async (request, reply) => {
    const answer = engine.submit(isObject(request.body) ? request.body : {});
    return reply.code('error' in answer ? 400 : 200).send(answer);
  });

  app.get('/queue', async () => ({
    queue_running: engine.queue.running ? [engine.queue.running.tuple] : [],
    queue_pending: engine.queue.pending.map(({ tuple }) => tuple),
  }));
  app.post('/queue', async (request, reply) => {
    const { clear, delete: ids } = objectBody(request.body);
    if (clear) engine.clear();
    for (const id of idList(ids)) engine.remove(id);
    return reply.send();
  });

  app.post('/interrupt', async (request, reply) => {
    const id = isObject(request.body) ? request.body.prompt_id : undefined;
    engine.interrupt(id ? String(id) : undefined);
    return reply.send();
  });
  app.post('/free', async (request, reply) => {
    if (objectBody(request.body).free_memory) engine.forget();
    return reply.send();
  });

  app.get<{ Querystring: { max_items?: string; offset?: string } }>('/history', async ({ query }) =>
    engine.history.page(wholeNumber(query.max_items), wholeNumber(query.offset) ?? -1),
  );
  app.get<{ Params: { id: string } }>('/history/:id', async ({ params: { id } }) => {
    const entry = engine.history.get(id);
    return entry ? { [id]: entry } : {};
  });
  app.post('/history', async (request, reply) => {
    const { clear, delete: ids } = objectBody(request.body);
    if (clear) engine.history.clear();
    engine.history.remove(idList(ids));
    return reply.send();
  });
}

function wholeNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (casts.INT?.(text) as number);
}
