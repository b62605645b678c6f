import { z } from 'zod';
import { paginationQuery, successReply, uuid } from '#shared/wire/common.ts';
import { memberList, memberRoleRequest } from '#shared/wire/teams.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';
import { personOf } from './teams.ts';

const tag = 'member';
const byUser = z.object({ userId: uuid.transform((id) => id.toLowerCase()) });

/** Who is in the team (Cyberun spec 3.4). */
export function memberRoutes(app: App, rooms: Rooms): void {
  listRoute(app, rooms);
  changeRoutes(app, rooms);
}

function listRoute(app: App, { identity }: Rooms): void {
  app.get(
    '/members',
    {
      onRequest: permit(identity, 'listMembers'),
      schema: describe(
        { tag, id: 'listMembers', summary: 'List the members of the team', ours: true },
        { querystring: paginationQuery },
        { 200: memberList },
      ),
    },
    (request) => {
      const { members, total } = identity.members.list(callerOf(request).teamId, request.query);
      return { member_list: members, page_meta: { ...request.query, total_count: total } };
    },
  );
}

function changeRoutes(app: App, { identity }: Rooms): void {
  app.put(
    '/members/:userId',
    {
      onRequest: permit(identity, 'updateMemberRole'),
      schema: describe(
        {
          tag,
          id: 'updateMemberRole',
          summary: 'Update a member’s role',
          description: 'Holds from the member’s next request. Not the own role, and not the owner’s.',
        },
        { params: byUser, body: memberRoleRequest },
        { 200: successReply },
      ),
    },
    async (request) => {
      const caller = callerOf(request);
      const { userId } = request.params;
      await identity.members.setRole(caller.teamId, personOf(caller), userId, request.body.member_role);
      return { is_success: true as const };
    },
  );

  app.delete(
    '/members/:userId',
    {
      onRequest: permit(identity, 'removeMember'),
      schema: describe(
        {
          tag,
          id: 'removeMember',
          summary: 'Remove a member from the team',
          description:
            'Out at once: the next request for this team is refused, and open event streams end. Keys that the member ' +
            'made for programs stay; revoke them where needed.',
          errors: [409],
        },
        { params: byUser },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      await identity.members.remove(caller.teamId, personOf(caller), request.params.userId);
      return reply.code(204).send(null);
    },
  );
}
