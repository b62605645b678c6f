import {
  cleanReply,
  cleanRequest,
  retention,
  storageReply,
  updateRetentionRequest,
} from '#shared/wire/storage.ts';
import { changeRetention, readRetention } from '../../files/retention.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const tag = 'storage';

/** What a team keeps, for how long, and cleaning up. All of it is ours. */
export function storageRoutes(app: App, rooms: Rooms): void {
  usageRoute(app, rooms);
  retentionRoutes(app, rooms);
  cleanRoute(app, rooms);
}

function usageRoute(app: App, { identity, storage }: Rooms): void {
  app.get(
    '/storage',
    {
      onRequest: permit(identity, 'getStorage'),
      schema: describe(
        {
          tag,
          id: 'getStorage',
          summary: 'Get storage use',
          description: 'What the team keeps, by kind, beside its quota and the room on the studio’s disk.',
          ours: true,
        },
        {},
        { 200: storageReply },
      ),
    },
    (request) => storage.usage(callerOf(request).teamId),
  );
}

function retentionRoutes(app: App, { identity, store }: Rooms): void {
  app.get(
    '/storage/retention',
    {
      onRequest: permit(identity, 'getRetention'),
      schema: describe(
        { tag, id: 'getRetention', summary: 'Get how long files are kept', ours: true },
        {},
        { 200: retention },
      ),
    },
    () => readRetention(store),
  );
  app.put(
    '/storage/retention',
    {
      onRequest: permit(identity, 'updateRetention'),
      schema: describe(
        {
          tag,
          id: 'updateRetention',
          summary: 'Set how long files are kept',
          description:
            'Of the whole studio; its owner only. Only what is given changes. An input that a task waits for is kept.',
          ours: true,
          team: 'none',
        },
        { body: updateRetentionRequest },
        { 200: retention },
      ),
    },
    ({ body }) => changeRetention(store, body),
  );
}

function cleanRoute(app: App, { identity, janitor }: Rooms): void {
  app.post(
    '/storage/clean',
    {
      onRequest: permit(identity, 'cleanStorage'),
      schema: describe(
        {
          tag,
          id: 'cleanStorage',
          summary: 'Clean up now',
          description:
            'Takes away what is past its time, of all teams; the studio’s owner only. It happens by itself every hour.',
          ours: true,
          team: 'none',
        },
        { body: cleanRequest },
        { 200: cleanReply },
      ),
    },
    ({ body }) => (body.dry_run ? janitor.plan() : janitor.sweep()),
  );
}
