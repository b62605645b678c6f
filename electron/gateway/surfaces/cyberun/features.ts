import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { successReply, uuid } from '#shared/wire/common.ts';
import { featureFlags, updateFeaturesRequest, updateTeamFeaturesRequest } from '#shared/wire/features.ts';
import { permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const tag = 'feature';
const scopes = ['global', 'account', 'team'] as const;

/** What is switched on, and how much of it: seen and set by the studio's owner. All of it is ours. */
export function featureRoutes(app: App, rooms: Rooms): void {
  studioRoutes(app, rooms);
  teamRoute(app, rooms);
}

function studioRoutes(app: App, { identity, scheduler }: Rooms): void {
  const current = () => ({
    global: identity.features.of('global'),
    account: identity.features.of('account'),
    team: identity.features.of('team'),
  });
  app.get(
    '/features',
    {
      onRequest: permit(identity, 'getFeatures'),
      schema: describe(
        {
          tag,
          id: 'getFeatures',
          summary: 'Get features and quotas',
          description: 'Of the studio, of each account, of each team. The studio’s owner only.',
          ours: true,
          team: 'none',
        },
        {},
        { 200: featureFlags },
      ),
    },
    () => current(),
  );

  app.put(
    '/features',
    {
      onRequest: permit(identity, 'updateFeatures'),
      schema: describe(
        {
          tag,
          id: 'updateFeatures',
          summary: 'Set features and quotas',
          description:
            'Only what is given changes. Quotas: -1 unlimited, 0 switched off, above 0 a hard cap. Takes effect at once.',
          ours: true,
          team: 'none',
          errors: [409],
        },
        { body: updateFeaturesRequest },
        { 200: featureFlags },
      ),
    },
    async ({ body }) => {
      for (const scope of scopes) {
        const changes = body[scope];
        if (changes) await identity.features.set(scope, '', changes);
      }
      // With another quota more tasks may run than a moment ago.
      scheduler.lookAgain();
      return current();
    },
  );
}

function teamRoute(app: App, { identity }: Rooms): void {
  app.put(
    '/features/teams/:teamId',
    {
      onRequest: permit(identity, 'updateTeamFeatures'),
      schema: describe(
        {
          tag,
          id: 'updateTeamFeatures',
          summary: 'Set features and quotas of one team',
          description: 'They come before those that hold for every team.',
          ours: true,
          team: 'none',
          errors: [409],
        },
        { params: z.object({ teamId: uuid }), body: updateTeamFeaturesRequest },
        { 200: successReply },
      ),
    },
    async ({ params, body }) => {
      const teamId = params.teamId.toLowerCase();
      if (!identity.teams.exists(teamId)) throw new AppError('not_found', 'There is no such team.');
      await identity.features.set('team', teamId, body);
      return { is_success: true as const };
    },
  );
}
