import { statfs } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { studioFacts } from '#shared/wire/about.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import { permit, userOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { isLoopback } from '../../http/guard.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

/** What the desk says about the studio in its settings: where it answers, since when, with how much room left. */
export function aboutRoute(app: App, rooms: Rooms): void {
  const { config, gatewayId, identity } = rooms;
  app.get(
    '/studio',
    {
      onRequest: permit(identity, 'getStudio'),
      schema: describe(
        {
          tag: 'studio',
          id: 'getStudio',
          summary: 'Get what the studio says of itself',
          description: 'Version, addresses, free disk. The data folder is told to its owner only.',
          ours: true,
          team: 'none',
        },
        {},
        { 200: studioFacts },
      ),
    },
    async (request) => {
      const { address, port } = request.server.server.address() as AddressInfo;
      const { user } = userOf(request);
      return {
        gateway_id: gatewayId,
        version: config.version,
        started_at: toTimestamp(Math.round(config.clock() - process.uptime() * 1000)),
        addresses: addressesOf(address, port),
        open_to_network: !isLoopback(address),
        platform: `${process.platform} ${process.arch}`,
        disk: await diskOf(config.dataDir),
        data_folder: identity.isOperator(user.id) ? config.dataDir : null,
      };
    },
  );
}

/** The addresses to type into a browser: on all networks, those of each; IPv6 is left to whoever knows it. */
function addressesOf(address: string, port: number): string[] {
  const everywhere = address === '0.0.0.0' || address === '::';
  const names = everywhere
    ? ['127.0.0.1', ...lanAddresses()]
    : [address.includes(':') ? `[${address}]` : address];
  return names.map((name) => `http://${name}:${port}`);
}

const lanAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);

async function diskOf(folder: string): Promise<{ free: number; total: number } | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return null; // a disk of the network that tells nothing is no reason to fail
  }
}
