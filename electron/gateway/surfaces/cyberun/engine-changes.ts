import { z } from 'zod';
import { successReply } from '#shared/wire/common.ts';
import {
  installPackRequest,
  packList,
  packName,
  packPlanReply,
  removedPackReply,
  restorePlanReply,
  restoreRequest,
  settleUpdateRequest,
  snapshotItem,
  snapshotList,
  updatePackRequest,
  updatePlanReply,
  updateRequest,
} from '#shared/wire/engine-changes.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { asker, engineWords, ofEngine } from './engines.ts';
import { describe } from './route.ts';

const done = { is_success: true as const };
const ofPack = ofEngine.extend({ packName });
const onePlan = 'With `dry_run` (the default) only the plan; else it is carried out as the engine’s job.';

/** Changes to an engine, each shown before it is done: snapshots, node packs, versions. */
export function engineChangeRoutes(app: App, rooms: Rooms): void {
  snapshotRoutes(app, rooms);
  packRoutes(app, rooms);
  onePackRoutes(app, rooms);
  updateRoutes(app, rooms);
}

function snapshotRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.get(
    '/agents/:agentId/engines/:engineId/snapshots',
    {
      onRequest: permit(rooms.identity, 'listEngineSnapshots'),
      schema: describe(
        {
          ...engineWords,
          id: 'listEngineSnapshots',
          summary: 'List the snapshots of an engine, newest first',
        },
        { params: ofEngine },
        { 200: snapshotList },
      ),
    },
    (request) => ask(request, 'list_snapshots', { engine_id: request.params.engineId }),
  );
  app.post(
    '/agents/:agentId/engines/:engineId/snapshots',
    {
      onRequest: permit(rooms.identity, 'takeEngineSnapshot'),
      schema: describe(
        {
          ...engineWords,
          id: 'takeEngineSnapshot',
          summary: 'Write down how an engine stands',
          description: 'Commit, packages, node packs and settings. One is taken before every change anyway.',
        },
        { params: ofEngine },
        { 201: snapshotItem },
      ),
    },
    async (request, reply) =>
      reply.code(201).send(await ask(request, 'take_snapshot', { engine_id: request.params.engineId })),
  );
  app.post(
    '/agents/:agentId/engines/:engineId/snapshots/:snapshotId/restore',
    {
      onRequest: permit(rooms.identity, 'restoreEngineSnapshot'),
      schema: describe(
        {
          ...engineWords,
          id: 'restoreEngineSnapshot',
          summary: 'Go back to a snapshot',
          description: onePlan,
        },
        { params: ofEngine.extend({ snapshotId: z.string().min(1).max(100) }), body: restoreRequest },
        { 200: restorePlanReply },
      ),
    },
    (request) => {
      const { engineId: engine_id, snapshotId: snapshot_id } = request.params;
      return ask(request, 'restore', { engine_id, snapshot_id, dry_run: request.body.dry_run });
    },
  );
}

function packRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.get(
    '/agents/:agentId/engines/:engineId/packs',
    {
      onRequest: permit(rooms.identity, 'listNodePacks'),
      schema: describe(
        { ...engineWords, id: 'listNodePacks', summary: 'List the node packs of an engine' },
        { params: ofEngine },
        { 200: packList },
      ),
    },
    (request) => ask(request, 'list_packs', { engine_id: request.params.engineId }),
  );
  app.post(
    '/agents/:agentId/engines/:engineId/packs',
    {
      onRequest: permit(rooms.identity, 'installNodePack'),
      schema: describe(
        {
          ...engineWords,
          id: 'installNodePack',
          summary: 'Install a node pack, or bring one to another commit',
          description: `${onePlan} What it needs is resolved first and shown. It holds from the next start.`,
        },
        { params: ofEngine, body: installPackRequest },
        { 200: packPlanReply },
      ),
    },
    (request) => ask(request, 'install_pack', { engine_id: request.params.engineId, wish: request.body }),
  );
}

function onePackRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.put(
    '/agents/:agentId/engines/:engineId/packs/:packName',
    {
      onRequest: permit(rooms.identity, 'updateNodePack'),
      schema: describe(
        { ...engineWords, id: 'updateNodePack', summary: 'Enable or disable a node pack' },
        { params: ofPack, body: updatePackRequest },
        { 200: successReply },
      ),
    },
    async (request) => {
      const { engineId: engine_id, packName: name } = request.params;
      await ask(request, 'enable_pack', { engine_id, name, enabled: request.body.enabled });
      return done;
    },
  );
  app.delete(
    '/agents/:agentId/engines/:engineId/packs/:packName',
    {
      onRequest: permit(rooms.identity, 'removeNodePack'),
      schema: describe(
        {
          ...engineWords,
          id: 'removeNodePack',
          summary: 'Remove a node pack',
          description: 'Its folder is moved away, not deleted.',
        },
        { params: ofPack },
        { 200: removedPackReply },
      ),
    },
    (request) => {
      const { engineId: engine_id, packName: name } = request.params;
      return ask(request, 'remove_pack', { engine_id, name });
    },
  );
}

function updateRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.post(
    '/agents/:agentId/engines/:engineId/update',
    {
      onRequest: permit(rooms.identity, 'updateEngine'),
      schema: describe(
        {
          ...engineWords,
          id: 'updateEngine',
          summary: 'Make a newer version beside the present one, and compare them',
          description: `${onePlan} The present version goes on; nothing is switched before \`settleEngineUpdate\`.`,
        },
        { params: ofEngine, body: updateRequest },
        { 200: updatePlanReply },
      ),
    },
    async (request) => {
      const { canaries: which, ...wish } = request.body;
      const canaries = wish.dry_run ? [] : await rooms.workflows.canaries(callerOf(request).teamId, which);
      return ask(request, 'prepare_update', { engine_id: request.params.engineId, ...wish, canaries });
    },
  );
  app.post(
    '/agents/:agentId/engines/:engineId/update/settle',
    {
      onRequest: permit(rooms.identity, 'settleEngineUpdate'),
      schema: describe(
        {
          ...engineWords,
          id: 'settleEngineUpdate',
          summary: 'Take or discard the newer version, or go back',
        },
        { params: ofEngine, body: settleUpdateRequest },
        { 200: successReply },
      ),
    },
    async (request) => {
      await ask(request, 'settle_update', { engine_id: request.params.engineId, how: request.body.how });
      return done;
    },
  );
}
