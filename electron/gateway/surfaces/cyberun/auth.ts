import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { loginRequest, profile, refreshRequest, tokenReply } from '#shared/wire/identity.ts';
import { accessUser } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { isLoopback } from '../../http/guard.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const tag = 'auth';

/** Sign-in and the own profile. */
export function authRoutes(app: App, rooms: Rooms): void {
  signInRoutes(app, rooms);
  localRoute(app, rooms);
  profileRoute(app, rooms);
}

function signInRoutes(app: App, { identity }: Rooms): void {
  // Guessing passwords is slow already; ten a minute and address make it hopeless.
  const limited = { config: { rateLimit: { max: 10, timeWindow: '1 minute' } } };

  app.post(
    '/auth/login',
    {
      ...limited,
      schema: describe(
        {
          tag,
          id: 'login',
          summary: 'Log in with email and password',
          description:
            'Every refusal is the same 401, whether the account exists or not. Ten tries a minute and address.',
          secured: false,
          errors: [401, 429],
        },
        { body: loginRequest },
        { 200: tokenReply },
      ),
    },
    ({ body }) => identity.login(body.email_address, body.user_password),
  );

  app.post(
    '/auth/refresh',
    {
      schema: describe(
        {
          tag,
          id: 'refreshToken',
          summary: 'Refresh the access token',
          description: 'A refresh token works once. Using one again ends every token of that sign-in.',
          secured: false,
          errors: [401],
        },
        { body: refreshRequest },
        { 200: tokenReply },
      ),
    },
    ({ body }) => identity.refresh(body.refresh_token),
  );
}

function localRoute(app: App, { identity, config }: Rooms): void {
  app.post(
    '/auth/local',
    {
      schema: describe(
        {
          tag,
          id: 'localSignIn',
          summary: 'Sign in as the owner from this very machine',
          description:
            'Only over loopback, from the gateway’s own page or a program, and while local sign-in is on.',
          ours: true,
          secured: false,
          errors: [403],
        },
        { body: z.object({}) },
        { 200: tokenReply },
      ),
    },
    (request) => {
      const forwarded =
        request.headers.forwarded ?? request.headers['x-forwarded-for'] ?? request.headers.via;
      if (!config.localSignIn || forwarded !== undefined || !isLoopback(request.socket.remoteAddress)) {
        throw new AppError(
          'forbidden',
          'Sign in with your email and password: this is not the studio’s own machine.',
        );
      }
      return identity.localSignIn();
    },
  );
}

function profileRoute(app: App, { identity }: Rooms): void {
  app.get(
    '/users/me',
    {
      onRequest: accessUser(identity),
      schema: describe(
        {
          tag: 'user',
          id: 'getCurrentUser',
          summary: 'Get the current user’s profile',
          description: 'With the teams to choose from for X-Team-ID. Users and device keys.',
          team: 'none',
        },
        {},
        { 200: profile },
      ),
    },
    ({ user }) => {
      if (!user) throw new AppError('unauthorized');
      return identity.profile(user);
    },
  );
}
