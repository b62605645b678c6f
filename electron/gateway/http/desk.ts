import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { AppError } from '#shared/errors.ts';
import type { App } from './app.ts';
import { envelope } from './errors.ts';

/** The built desk. Its pages have addresses of their own, so whatever asks for a page gets the one page there is. */
export async function serveDesk(app: App, folder: string | undefined): Promise<void> {
  if (!folder || !existsSync(join(folder, 'index.html'))) return;
  await app.register(fastifyStatic, {
    root: folder,
    index: 'index.html',
    setHeaders(reply, path) {
      // Assets carry a hash of their content in their name; the page itself must always be fresh.
      const hashed = path.includes(`${join(folder, 'assets')}`);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const page = request.method === 'GET' && !/^\/(api|files|docs|assets)(\/|$)/.test(path);
    if (page && (request.headers.accept ?? '').includes('text/html')) return reply.sendFile('index.html');
    const error = new AppError('not_found', `There is nothing at ${request.method} ${path}.`);
    return reply.code(404).send(envelope(error));
  });
}
