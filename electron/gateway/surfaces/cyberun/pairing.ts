import { createHash } from 'node:crypto';
import { z } from 'zod';
import { pairConfirmRequest, pairPollReply, pairPollRequest, pairStartReply } from '#shared/wire/pairing.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { pairSeconds, pollSeconds } from '../../identity/pairing.ts';
import type { Rooms } from '../../rooms.ts';
import { originOf } from './files.ts';
import { fewTries } from './limits.ts';
import { describe } from './route.ts';
import { personOf } from './teams.ts';

const tag = 'devicepair';

/** Pairing a device by an eight-letter code (Cyberun spec 3.7). */
export function pairingRoutes(app: App, rooms: Rooms): void {
  startRoute(app, rooms);
  confirmRoute(app, rooms);
  pollRoute(app, rooms);
}

function startRoute(app: App, rooms: Rooms): void {
  app.post(
    '/desktop/pair/start',
    {
      ...fewTries(rooms, 3),
      schema: describe(
        {
          tag,
          id: 'startPairing',
          summary: 'Start a desktop pairing',
          description:
            'Show `user_code` to the person, and poll with `device_code` every `interval` seconds.',
          secured: false,
          errors: [429],
        },
        {},
        { 200: pairStartReply },
      ),
    },
    async (request) => {
      const { deviceCode, userCode } = await rooms.identity.pairing.start();
      return {
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: `${originOf(request)}/desktop/pair?user_code=${userCode}`,
        expires_in: pairSeconds,
        interval: pollSeconds,
      };
    },
  );
}

function confirmRoute(app: App, rooms: Rooms): void {
  app.post(
    '/desktop/pair/confirm',
    {
      ...fewTries(rooms),
      onRequest: permit(rooms.identity, 'confirmPairing'),
      schema: describe(
        {
          tag,
          id: 'confirmPairing',
          summary: 'Confirm a desktop pairing',
          description:
            'Lets the device that shows this code into the team, as the signed-in user. Ten tries a minute.',
          team: 'required',
          errors: [404, 429],
        },
        { body: pairConfirmRequest },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { user_code, device_name = '' } = request.body;
      await rooms.identity.pairing.confirm(caller.teamId, personOf(caller), user_code, device_name);
      return reply.code(204).send(null);
    },
  );
}

function pollRoute(app: App, { identity }: Rooms): void {
  app.post(
    '/desktop/pair/poll',
    {
      config: {
        rateLimit: {
          // Twice the pace that `interval` asks for, for each device on its own.
          max: (2 * 60) / pollSeconds,
          timeWindow: '1 minute',
          hook: 'preHandler',
          keyGenerator: (request) =>
            createHash('sha256')
              .update((request.body as z.infer<typeof pairPollRequest>).device_code)
              .digest('base64'),
        },
      },
      schema: describe(
        {
          tag,
          id: 'pollDevicePair',
          summary: 'Poll for desktop pairing approval',
          description:
            '`pending` until somebody confirms the code; then `approved` with both keys, in this one reply. After that, ' +
            'and after 300 seconds, the pairing is gone: 404.',
          secured: false,
          errors: [404, 429],
        },
        { body: pairPollRequest },
        { 200: pairPollReply },
      ),
    },
    ({ body }) => identity.pairing.poll(body.device_code),
  );
}
