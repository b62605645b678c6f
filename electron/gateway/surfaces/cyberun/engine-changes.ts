import { z } from 'zod';
import {
  installPackRequest,
  packName,
  restoreRequest,
  settleUpdateRequest,
  updatePackRequest,
  updateRequest,
} from '#shared/wire/engine-changes.ts';
import { missingPacksRequest } from '#shared/wire/engine-missing.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { neededBy } from '../../workflows/needed.ts';
import { engineRoute, ofEngine } from './engine-route.ts';

const ofPack = ofEngine.extend({ packName });
const onePlan = 'With `dry_run` (the default) only the plan; else it is carried out as the engine’s job.';

/** Changes to an engine, each shown before it is done: snapshots, node packs, versions. */
export function engineChangeRoutes(app: App, rooms: Rooms): void {
  snapshotRoutes(app, rooms);
  packRoutes(app, rooms);
  missingRoute(app, rooms);
  onePackRoutes(app, rooms);
  updateRoutes(app, rooms);
}

function snapshotRoutes(app: App, rooms: Rooms): void {
  const snapshots = { path: '/:engineId/snapshots', params: ofEngine } as const;
  engineRoute(app, rooms, {
    ...{ method: 'GET', ...snapshots, id: 'listEngineSnapshots', action: 'list_snapshots' },
    summary: 'List the snapshots of an engine, newest first',
    ask: ({ params }) => ({ engine_id: params.engineId }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'POST', ...snapshots, id: 'takeEngineSnapshot', action: 'take_snapshot' },
    summary: 'Write down how an engine stands',
    description: 'Commit, packages, node packs and settings. One is taken before every change anyway.',
    status: 201,
    ask: ({ params }) => ({ engine_id: params.engineId }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'POST', path: `${snapshots.path}/:snapshotId/restore`, id: 'restoreEngineSnapshot' },
    ...{ action: 'restore', body: restoreRequest },
    params: ofEngine.extend({ snapshotId: z.string().min(1).max(100) }),
    summary: 'Go back to a snapshot',
    description: onePlan,
    ask: ({ params: { engineId, snapshotId }, body }) => ({
      ...{ engine_id: engineId, snapshot_id: snapshotId, ...body },
    }),
  });
}

function packRoutes(app: App, rooms: Rooms): void {
  const packs = { path: '/:engineId/packs', params: ofEngine } as const;
  engineRoute(app, rooms, {
    ...{ method: 'GET', ...packs, id: 'listNodePacks', action: 'list_packs' },
    summary: 'List the node packs of an engine',
    ask: ({ params }) => ({ engine_id: params.engineId }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'POST', ...packs, id: 'installNodePack', action: 'install_pack', body: installPackRequest },
    summary: 'Install a node pack, or bring one to another commit',
    description: `${onePlan} What it needs is resolved first and shown. It holds from the next start.`,
    ask: ({ params, body }) => ({ engine_id: params.engineId, wish: body }),
  });
}

function missingRoute(app: App, rooms: Rooms): void {
  engineRoute(app, rooms, {
    ...{ method: 'POST', path: '/:engineId/packs/missing', id: 'findMissingPacks', action: 'missing_packs' },
    ...{ params: ofEngine, body: missingPacksRequest },
    summary: 'Find the node packs that workflows need and an engine lacks',
    description:
      'Of saved workflows by their ids, of one that is not saved, or of all active ones of the team. Changes nothing. ' +
      'Only an engine that is up, or was since its agent started, tells which nodes it has: any other is a 409.',
    ask: async ({ params, body, teamId }) => ({
      engine_id: params.engineId,
      needed: await neededBy(teamId, body, rooms),
    }),
  });
}

function onePackRoutes(app: App, rooms: Rooms): void {
  const pack = { path: '/:engineId/packs/:packName', params: ofPack } as const;
  engineRoute(app, rooms, {
    ...{ method: 'PUT', ...pack, id: 'updateNodePack', action: 'enable_pack', body: updatePackRequest },
    summary: 'Enable or disable a node pack',
    ask: ({ params, body }) => ({ engine_id: params.engineId, name: params.packName, ...body }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'DELETE', ...pack, id: 'removeNodePack', action: 'remove_pack' },
    summary: 'Remove a node pack',
    description: 'Its folder is moved away, not deleted.',
    ask: ({ params }) => ({ engine_id: params.engineId, name: params.packName }),
  });
}

function updateRoutes(app: App, rooms: Rooms): void {
  engineRoute(app, rooms, {
    ...{ method: 'POST', path: '/:engineId/update', id: 'updateEngine', action: 'prepare_update' },
    ...{ params: ofEngine, body: updateRequest },
    summary: 'Make a newer version beside the present one, and compare them',
    description: `${onePlan} The present version goes on; nothing is switched before \`settleEngineUpdate\`.`,
    ask: ({ params, body: { canaries: which, ...wish }, teamId }) => ({
      ...{ engine_id: params.engineId, ...wish },
      canaries: wish.dry_run ? [] : rooms.workflows.canaries(teamId, which),
    }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'POST', path: '/:engineId/update/settle', id: 'settleEngineUpdate' },
    ...{ action: 'settle_update', params: ofEngine, body: settleUpdateRequest },
    summary: 'Take or discard the newer version, or go back',
    ask: ({ params, body }) => ({ engine_id: params.engineId, ...body }),
  });
}
