import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { AppError } from '#shared/errors.ts';
import type { App } from './app.ts';
import { envelope } from './errors.ts';

/** The built desk, and the answer to everything that is not there. */
export async function serveDesk(app: App, folder: string | undefined): Promise<void> {
  const built = folder !== undefined && existsSync(join(folder, 'index.html'));
  if (built) {
    const assets = join(folder, 'assets');
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders(reply, path) {
        // Assets carry a hash of their content in their name; the page itself must always be fresh.
        const hashed = path.startsWith(assets);
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    // The desk's pages have addresses of their own: whatever asks for a page gets the one page there is.
    const page = request.method === 'GET' && !/^\/(api|files|docs|assets)(\/|$)/.test(path);
    if (built && page && (request.headers.accept ?? '').includes('text/html'))
      return reply.sendFile('index.html');
    const error = new AppError('not_found', `There is nothing at ${request.method} ${path}.`);
    return reply.code(404).send(envelope(error));
  });
}
