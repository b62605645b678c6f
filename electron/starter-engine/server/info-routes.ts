import { freemem, totalmem } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { isObject } from '../execution/prompt.ts';
import { objectInfo } from '../nodes/object-info.ts';
import { serverFeatures } from './features.ts';
import { HttpError, type Parts } from './parts.ts';

/** The release whose wire protocol and node records this engine follows. */
const protocolVersion = '0.3.64';

const modelFolders = [
  ...['checkpoints', 'configs', 'loras', 'vae', 'text_encoders', 'diffusion_models', 'clip_vision'],
  ...['style_models', 'embeddings', 'diffusers', 'vae_approx', 'controlnet', 'gligen', 'upscale_models'],
  ...['custom_nodes', 'hypernetworks', 'photomaker', 'classifiers', 'model_patches', 'audio_encoders'],
];

/** What the server is and offers (comfyui-protocol.md sections 6 and 12). It runs image nodes only: no models. */
export function infoRoutes(app: FastifyInstance, parts: Parts): void {
  const { catalogue, folders, sockets, log } = parts;
  app.get('/system_stats', async () => systemStats(parts.argv));
  app.get('/features', async () => serverFeatures);
  app.get('/object_info', async () =>
    Object.fromEntries([...catalogue].map(([type, node]) => [type, objectInfo(node, folders)])),
  );
  app.get<{ Params: { type: string } }>('/object_info/:type', async ({ params: { type } }) => {
    const node = catalogue.get(type);
    return node ? { [type]: objectInfo(node, folders) } : {};
  });
  app.get('/models', async () => modelFolders);
  app.get<{ Params: { folder: string } }>('/models/:folder', async ({ params: { folder } }) => {
    if (!modelFolders.includes(folder)) throw new HttpError(404);
    return [];
  });
  for (const path of ['/embeddings', '/extensions']) app.get(path, async () => []);
  app.get('/view_metadata/:folder', async () => {
    throw new HttpError(404);
  });
  app.get('/users', async () => ({ storage: 'server', migrated: false }));
  app.get('/settings', async () => ({}));

  app.get('/internal/logs', async (_request, reply) =>
    reply
      .type('application/json')
      .send(JSON.stringify(log.entries.map(({ t, m }) => `${t} - ${m}`).join(''))),
  );
  app.get('/internal/logs/raw', async () => ({ entries: log.entries, size: { cols: 80, rows: 24 } }));
  app.patch('/internal/logs/subscribe', async ({ body }, reply) => {
    if (!isObject(body)) throw new HttpError(500, 'The body must be a JSON object.');
    sockets.subscribeLogs(String(body.clientId), Boolean(body.enabled));
    return reply.send();
  });
}

function systemStats(argv: readonly string[]): Record<string, unknown> {
  const [total, free] = [totalmem(), freemem()];
  return {
    system: {
      os: process.platform === 'win32' ? 'nt' : 'posix',
      ram_total: total,
      ram_free: free,
      comfyui_version: protocolVersion,
      required_frontend_version: null,
      installed_templates_version: null,
      required_templates_version: null,
      python_version: `none (Node.js ${process.versions.node})`,
      pytorch_version: 'none',
      embedded_python: false,
      argv,
    },
    devices: [
      {
        name: 'cpu',
        type: 'cpu',
        index: null,
        vram_total: total,
        vram_free: free,
        torch_vram_total: total,
        torch_vram_free: free,
      },
    ],
  };
}
