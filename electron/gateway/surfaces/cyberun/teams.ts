import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { idReply, paginationQuery, successReply, toTimestamp } from '#shared/wire/common.ts';
import { teamDetail, teamList, teamRequest, transferRequest } from '#shared/wire/teams.ts';
import { callerOf, permit, userOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Caller } from '../../http/caller.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const tag = 'team';

/** Teams (Cyberun spec 3.3); `current` is the one of X-Team-ID, or of the key. */
export function teamRoutes(app: App, rooms: Rooms): void {
  listRoutes(app, rooms);
  currentRoutes(app, rooms);
  leavingRoutes(app, rooms);
  deleteRoute(app, rooms);
}

/** The person behind a management call: there is always one, since `sk-` keys are not let in. */
export function personOf(caller: Caller): string {
  if (caller.userId === null) throw new AppError('wrong_credential_kind');
  return caller.userId;
}

function listRoutes(app: App, { identity }: Rooms): void {
  app.get(
    '/teams',
    {
      onRequest: permit(identity, 'listTeams'),
      schema: describe(
        { tag, id: 'listTeams', summary: 'List the own teams', ours: true, team: 'none' },
        { querystring: paginationQuery },
        { 200: teamList },
      ),
    },
    (request) => {
      const { teams, total } = identity.teams.page(userOf(request).user.id, request.query);
      return { team_list: teams, page_meta: { ...request.query, total_count: total } };
    },
  );

  app.post(
    '/teams',
    {
      onRequest: permit(identity, 'createTeam'),
      schema: describe(
        {
          tag,
          id: 'createTeam',
          summary: 'Create a team',
          description: 'Its creator owns it. Needs the feature `manual_team_creation`.',
          ours: true,
          team: 'none',
          errors: [429],
        },
        { body: teamRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { user } = userOf(request);
      identity.features.require('account', 'manual_team_creation', user.id);
      return { id: await identity.teams.create(user.id, request.body.display_name) };
    },
  );
}

function currentRoutes(app: App, { identity }: Rooms): void {
  app.get(
    '/teams/current',
    {
      onRequest: permit(identity, 'getCurrentTeam'),
      schema: describe(
        { tag, id: 'getCurrentTeam', summary: 'Get the team', ours: true },
        {},
        { 200: teamDetail },
      ),
    },
    (request) => {
      const { teamId, role } = callerOf(request);
      const team = identity.teams.get(teamId);
      return {
        id: team.id,
        display_name: team.display_name,
        created_at: toTimestamp(team.created_at),
        owner_id: team.owner_id,
        member_count: team.members,
        team_role: role,
        feature_flags: identity.features.of('team', teamId),
      };
    },
  );

  app.put(
    '/teams/current',
    {
      onRequest: permit(identity, 'updateTeam'),
      schema: describe(
        { tag, id: 'updateTeam', summary: 'Rename the team', description: 'Owner and admins.' },
        { body: teamRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { teamId } = callerOf(request);
      await identity.teams.rename(teamId, request.body.display_name);
      return { id: teamId };
    },
  );
}

function leavingRoutes(app: App, { identity }: Rooms): void {
  app.post(
    '/teams/current/transfer',
    {
      onRequest: permit(identity, 'transferTeam'),
      schema: describe(
        {
          tag,
          id: 'transferTeam',
          summary: 'Transfer the ownership of the team',
          description: 'To another member. The owner becomes an admin.',
          errors: [404, 409, 429],
        },
        { body: transferRequest },
        { 200: successReply },
      ),
    },
    async (request) => {
      const caller = callerOf(request);
      await identity.teams.transfer(caller.teamId, personOf(caller), request.body.new_owner_id.toLowerCase());
      return { is_success: true as const };
    },
  );

  app.post(
    '/teams/current/leave',
    {
      onRequest: permit(identity, 'leaveTeam'),
      schema: describe(
        {
          tag,
          id: 'leaveTeam',
          summary: 'Leave the team',
          description: 'Everybody may, but its owner.',
          ours: true,
          errors: [409],
        },
        {},
        { 200: successReply },
      ),
    },
    async (request) => {
      const caller = callerOf(request);
      await identity.teams.leave(caller.teamId, personOf(caller));
      return { is_success: true as const };
    },
  );
}

function deleteRoute(app: App, { identity }: Rooms): void {
  app.delete(
    '/teams/current',
    {
      onRequest: permit(identity, 'deleteTeam'),
      schema: describe(
        {
          tag,
          id: 'deleteTeam',
          summary: 'Delete the team',
          description:
            'For good, with its members, invitations, workflows, tasks and files. What waits or runs is cancelled, its ' +
            'agents are disconnected, its keys are dead at once.',
        },
        {},
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      await identity.deleteTeam(callerOf(request).teamId);
      return reply.code(204).send(null);
    },
  );
}
