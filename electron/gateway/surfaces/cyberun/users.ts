import { AppError } from '#shared/errors.ts';
import { successReply } from '#shared/wire/common.ts';
import { changePasswordRequest, profile, updateProfileRequest } from '#shared/wire/identity.ts';
import { permit, userOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { isAtHome } from './auth.ts';
import { fewTries } from './limits.ts';
import { describe } from './route.ts';

const tag = 'user';

/** The own profile and password (Cyberun spec 3.2). */
export function userRoutes(app: App, rooms: Rooms): void {
  profileRoutes(app, rooms);
  passwordRoute(app, rooms);
}

function profileRoutes(app: App, { identity }: Rooms): void {
  app.get(
    '/users/me',
    {
      onRequest: permit(identity, 'getCurrentUser'),
      schema: describe(
        {
          tag,
          id: 'getCurrentUser',
          summary: 'Get the current user’s profile',
          description: 'With the teams to choose from for X-Team-ID. Users and device keys.',
          team: 'none',
        },
        {},
        { 200: profile },
      ),
    },
    (request) => identity.profile(userOf(request).user),
  );

  app.put(
    '/users/me',
    {
      onRequest: permit(identity, 'updateCurrentUser'),
      schema: describe(
        {
          tag,
          id: 'updateCurrentUser',
          summary: 'Change the own name or address',
          ours: true,
          team: 'none',
          errors: [409],
        },
        { body: updateProfileRequest },
        { 200: profile },
      ),
    },
    async (request) =>
      identity.profile(await identity.accounts.update(userOf(request).user.id, request.body)),
  );
}

function passwordRoute(app: App, rooms: Rooms): void {
  const { identity } = rooms;
  app.put(
    '/users/me/password',
    {
      ...fewTries(rooms),
      onRequest: permit(identity, 'changePassword'),
      schema: describe(
        {
          tag,
          id: 'changePassword',
          summary: 'Change the own password',
          description:
            'Every other sign-in of the user ends. The owner made at the first start has none: on the studio’s own ' +
            'machine the first one is set without `current_password`.',
          team: 'none',
          errors: [409, 429],
        },
        { body: changePasswordRequest },
        { 200: successReply },
      ),
    },
    async (request) => {
      const { user, signIn } = userOf(request);
      if (!signIn) throw new AppError('wrong_credential_kind');
      await identity.accounts.changePassword(user, signIn, {
        current: request.body.current_password,
        next: request.body.new_password,
        atHome: isAtHome(request, rooms),
      });
      return { is_success: true as const };
    },
  );
}
