import { z } from 'zod';
import { paginationQuery, uuid } from '#shared/wire/common.ts';
import { teamRef, tokenReply } from '#shared/wire/identity.ts';
import {
  createInvitationReply,
  createInvitationRequest,
  invitationList,
  invitationToken,
  invitationView,
  joinRequest,
} from '#shared/wire/teams.ts';
import { callerOf, permit, userOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { fewTries } from './limits.ts';
import { describe } from './route.ts';

const tag = 'invitation';

/** Invitations (Cyberun spec 3.5), and what the holder of one can do with it. */
export function invitationRoutes(app: App, rooms: Rooms): void {
  createRoute(app, rooms);
  teamRoutes(app, rooms);
  acceptRoute(app, rooms);
  holderRoutes(app, rooms);
}

function createRoute(app: App, { identity }: Rooms): void {
  app.post(
    '/invitations',
    {
      onRequest: permit(identity, 'createInvitation'),
      schema: describe(
        {
          tag,
          id: 'createInvitation',
          summary: 'Invite a user to the team',
          description:
            'No mail is sent: the reply has the one-time token, to be passed on. The address needs no account yet.',
          errors: [409, 429],
        },
        { body: createInvitationRequest },
        { 200: createInvitationReply },
      ),
    },
    async (request) => {
      const { teamId, userId } = callerOf(request);
      const { id, token } = await identity.invitations.create(teamId, userId, request.body);
      return { id, invitation_token: token };
    },
  );
}

function teamRoutes(app: App, { identity }: Rooms): void {
  app.get(
    '/invitations',
    {
      onRequest: permit(identity, 'listInvitations'),
      schema: describe(
        { tag, id: 'listInvitations', summary: 'List pending invitations', description: 'Newest first.' },
        { querystring: paginationQuery },
        { 200: invitationList },
      ),
    },
    (request) => {
      const { invitations, total } = identity.invitations.list(callerOf(request).teamId, request.query);
      return { invitation_list: invitations, page_meta: { ...request.query, total_count: total } };
    },
  );

  app.delete(
    '/invitations/:invitationId',
    {
      onRequest: permit(identity, 'cancelInvitation'),
      schema: describe(
        { tag, id: 'cancelInvitation', summary: 'Cancel an invitation', ours: true },
        { params: z.object({ invitationId: uuid }) },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      await identity.invitations.cancel(callerOf(request).teamId, request.params.invitationId.toLowerCase());
      return reply.code(204).send(null);
    },
  );
}

function acceptRoute(app: App, { identity }: Rooms): void {
  app.post(
    '/invitations/accept',
    {
      onRequest: permit(identity, 'acceptInvitation'),
      schema: describe(
        {
          tag,
          id: 'acceptInvitation',
          summary: 'Accept an invitation',
          description: 'As the signed-in user; it must be for their address.',
          ours: true,
          team: 'none',
          errors: [404, 409, 429],
        },
        { body: invitationToken },
        { 200: teamRef },
      ),
    },
    (request) => identity.invitations.accept(userOf(request).user, request.body.invitation_token),
  );
}

function holderRoutes(app: App, rooms: Rooms): void {
  const { identity } = rooms;
  app.post(
    '/auth/invitation',
    {
      ...fewTries(rooms, 3),
      schema: describe(
        {
          tag,
          id: 'lookUpInvitation',
          summary: 'See what an invitation is for',
          description: 'For whoever holds its token.',
          ours: true,
          secured: false,
          errors: [404, 429],
        },
        { body: invitationToken },
        { 200: invitationView },
      ),
    },
    ({ body }) => identity.invitations.look(body.invitation_token),
  );

  app.post(
    '/auth/accept-invitation',
    {
      ...fewTries(rooms),
      schema: describe(
        {
          tag,
          id: 'joinWithInvitation',
          summary: 'Accept an invitation without being signed in',
          description:
            'Makes the account where there is none for the address yet; else the password must be the account’s. ' +
            'The reply is the sign-in.',
          ours: true,
          secured: false,
          errors: [401, 403, 404, 409, 429],
        },
        { body: joinRequest },
        { 200: tokenReply },
      ),
    },
    ({ body }) =>
      identity.joinWith(body.invitation_token, {
        password: body.user_password,
        firstName: body.first_name ?? '',
        lastName: body.last_name ?? '',
        displayName: body.display_name,
      }),
  );
}
