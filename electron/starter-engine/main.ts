import { mkdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PromptEngine } from './execution/engine.ts';
import { probeNode } from './execution/probe.ts';
import { nodes } from './nodes/index.ts';
import { createApp } from './server/app.ts';
import { EngineLog } from './server/log.ts';
import { Sockets } from './server/sockets.ts';

/**
 * The starter engine: ComfyUI's protocol on loopback, image nodes on the CPU. ComfyUI's own options where it has them;
 * `--idle-exit SECONDS` ends it when nobody has been connected for so long, `--token` is repeated in `/system_stats`,
 * `--probe-nodes` adds a node for tests.
 */
const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8188' },
    'base-directory': { type: 'string', default: '.' },
    'preview-method': { type: 'string' },
    'idle-exit': { type: 'string' },
    token: { type: 'string' },
    'probe-nodes': { type: 'boolean', default: false },
  },
});

const base = resolve(values['base-directory']);
const folders = { input: join(base, 'input'), output: join(base, 'output'), temp: join(base, 'temp') };
// As in ComfyUI: what is temporary lasts for one life of the server.
rmSync(folders.temp, { recursive: true, force: true });
for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });

const offered = values['probe-nodes'] ? [...nodes, probeNode] : nodes;
const catalogue = new Map(offered.map((node) => [node.type, node]));
const log = new EngineLog();
const sockets = new Sockets(log);
const engine = new PromptEngine({ catalogue, folders, audience: sockets });
const argv = ['starter-engine', ...process.argv.slice(2)];
const app = await createApp({ engine, catalogue, folders, sockets, log, argv });
sockets.attach(app.server, engine);

await app.listen({ host: values.listen, port: Number(values.port) });
const { port } = app.server.address() as AddressInfo;
log.say('Starting server');
log.say(
  `To see the GUI go to: http://${values.listen.includes(':') ? `[${values.listen}]` : values.listen}:${port}`,
);

function end(): void {
  sockets.close();
  void app.close().finally(() => process.exit(0));
}
process.once('SIGTERM', end);
process.once('SIGINT', end);

const idleExit = Number(values['idle-exit'] ?? 0) * 1000;
if (idleExit > 0) {
  let lastSeen = Date.now();
  setInterval(() => {
    if (sockets.size > 0 || engine.queue.remaining > 0) lastSeen = Date.now();
    else if (Date.now() - lastSeen > idleExit) {
      log.say('Nobody is connected any more: ending.');
      end();
    }
  }, 1000).unref();
}
