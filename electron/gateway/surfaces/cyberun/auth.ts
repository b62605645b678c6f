import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { successReply } from '#shared/wire/common.ts';
import {
  loginRequest,
  logoutRequest,
  refreshRequest,
  registerRequest,
  tokenReply,
} from '#shared/wire/identity.ts';
import { permit, userOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { isLoopback } from '../../http/guard.ts';
import type { Rooms } from '../../rooms.ts';
import { fewTries } from './limits.ts';
import { describe } from './route.ts';

const tag = 'auth';

/** Signing in, staying signed in, and out again. */
export function authRoutes(app: App, rooms: Rooms): void {
  signInRoutes(app, rooms);
  registerRoute(app, rooms);
  localRoute(app, rooms);
  endRoutes(app, rooms);
}

/** Does the request come from the studio's own machine, where its owner needs no password? */
export function isAtHome(request: FastifyRequest, { config }: Rooms): boolean {
  const forwarded = request.headers.forwarded ?? request.headers['x-forwarded-for'] ?? request.headers.via;
  return config.localSignIn && forwarded === undefined && isLoopback(request.socket.remoteAddress);
}

function signInRoutes(app: App, rooms: Rooms): void {
  const { identity } = rooms;
  app.post(
    '/auth/login',
    {
      // Guessing passwords is slow already; ten a minute and address make it hopeless.
      ...fewTries(rooms),
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

function registerRoute(app: App, rooms: Rooms): void {
  app.post(
    '/auth/register',
    {
      ...fewTries(rooms),
      schema: describe(
        {
          tag,
          id: 'register',
          summary: 'Make an account',
          description:
            'Where the feature `registration` is on; with `auto_team` the account gets a team of its own. Without it ' +
            'people come in by invitation.',
          ours: true,
          secured: false,
          errors: [403, 409, 429],
        },
        { body: registerRequest },
        { 200: tokenReply },
      ),
    },
    ({ body }) =>
      rooms.identity.register(body.email_address, {
        password: body.user_password,
        firstName: body.first_name,
        lastName: body.last_name,
        displayName: body.display_name,
      }),
  );
}

function localRoute(app: App, rooms: Rooms): void {
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
      if (!isAtHome(request, rooms)) {
        throw new AppError(
          'forbidden',
          'Sign in with your email and password: this is not the studio’s own machine.',
        );
      }
      return rooms.identity.localSignIn();
    },
  );
}

function endRoutes(app: App, { identity }: Rooms): void {
  app.post(
    '/auth/logout',
    {
      schema: describe(
        {
          tag,
          id: 'logout',
          summary: 'Sign out',
          description:
            'Ends every token of the sign-in that the refresh token belongs to, the access token included.',
          ours: true,
          secured: false,
        },
        { body: logoutRequest },
        { 200: successReply },
      ),
    },
    async ({ body }) => {
      await identity.logout(body.refresh_token);
      return { is_success: true as const };
    },
  );

  app.post(
    '/auth/device/revoke',
    {
      onRequest: permit(identity, 'revokeDevice'),
      schema: describe(
        {
          tag,
          id: 'revokeDevice',
          summary: 'Revoke the device key of this call',
          description: 'Also ends the agent key that came with it. Device keys only.',
          team: 'none',
        },
        {},
        { 200: successReply },
      ),
    },
    async (request) => {
      const { key } = userOf(request);
      if (key) await identity.credentials.revoke(key.team_id, key.id);
      return { is_success: true as const };
    },
  );
}
