import { z } from 'zod';
import { toTimestamp, uuid } from '#shared/wire/common.ts';
import {
  createPresetRequest,
  type Preset,
  preset,
  presetList,
  updatePresetRequest,
} from '#shared/wire/workflow-life.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Caller } from '../../http/caller.ts';
import type { Rooms } from '../../rooms.ts';
import type { WorkflowPresetRow } from '../../store/schema.ts';
import type { PresetCaller } from '../../workflows/presets.ts';
import { describe } from './route.ts';
import { personOf } from './teams.ts';

const words = { tag: 'workflow', ours: true } as const;
const byId = z.object({ workflowId: uuid });
const byPreset = z.object({ workflowId: uuid, presetId: uuid });

/** Named values of a workflow's form: a person's own, and those shared with the team. */
export function presetRoutes(app: App, rooms: Rooms): void {
  listRoute(app, rooms);
  createRoute(app, rooms);
  changeRoutes(app, rooms);
}

const asking = (caller: Caller): PresetCaller => ({
  teamId: caller.teamId,
  userId: personOf(caller),
  role: caller.role,
});

function shown({ identity }: Rooms, row: WorkflowPresetRow, caller: PresetCaller): Preset {
  return {
    id: row.id,
    preset_name: row.name,
    values: JSON.parse(row.values_json) as Record<string, unknown>,
    is_shared: row.shared === 1,
    is_mine: row.user_id === caller.userId,
    made_by: identity.user(row.user_id)?.display_name ?? '',
    updated_at: toTimestamp(row.updated_at),
  };
}

function listRoute(app: App, rooms: Rooms): void {
  app.get(
    '/workflows/:workflowId/presets',
    {
      onRequest: permit(rooms.identity, 'listPresets'),
      schema: describe(
        {
          ...words,
          id: 'listPresets',
          summary: 'List the presets of a workflow',
          description: 'The own ones and those that are shared.',
        },
        { params: byId },
        { 200: presetList },
      ),
    },
    (request) => {
      const caller = asking(callerOf(request));
      const presets = rooms.presets.list(caller, request.params.workflowId);
      return { preset_list: presets.map((row) => shown(rooms, row, caller)) };
    },
  );
}

function createRoute(app: App, rooms: Rooms): void {
  app.post(
    '/workflows/:workflowId/presets',
    {
      onRequest: permit(rooms.identity, 'createPreset'),
      schema: describe(
        {
          ...words,
          id: 'createPreset',
          summary: 'Keep values of a workflow under a name',
          errors: [409],
        },
        { params: byId, body: createPresetRequest },
        { 200: preset },
      ),
    },
    async (request) => {
      const caller = asking(callerOf(request));
      return shown(
        rooms,
        await rooms.presets.create(caller, request.params.workflowId, request.body),
        caller,
      );
    },
  );
}

function changeRoutes(app: App, rooms: Rooms): void {
  app.put(
    '/workflows/:workflowId/presets/:presetId',
    {
      onRequest: permit(rooms.identity, 'updatePreset'),
      schema: describe(
        {
          ...words,
          id: 'updatePreset',
          summary: 'Change a preset',
          description: 'The own ones; admins may also change those that are shared.',
          errors: [409],
        },
        { params: byPreset, body: updatePresetRequest },
        { 200: preset },
      ),
    },
    async (request) => {
      const caller = asking(callerOf(request));
      const { workflowId, presetId } = request.params;
      return shown(rooms, await rooms.presets.update(caller, workflowId, presetId, request.body), caller);
    },
  );

  app.delete(
    '/workflows/:workflowId/presets/:presetId',
    {
      onRequest: permit(rooms.identity, 'deletePreset'),
      schema: describe(
        { ...words, id: 'deletePreset', summary: 'Delete a preset' },
        { params: byPreset },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      const { workflowId, presetId } = request.params;
      await rooms.presets.delete(asking(callerOf(request)), workflowId, presetId);
      return reply.code(204).send(null);
    },
  );
}
