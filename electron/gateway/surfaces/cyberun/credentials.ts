import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { paginationQuery, toTimestamp, uuid } from '#shared/wire/common.ts';
import {
  createCredentialReply,
  createCredentialRequest,
  credentialKind,
  credentialList,
} from '#shared/wire/identity.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import type { CredentialRow } from '../../store/rows/identity.ts';
import { describe } from './route.ts';

const tag = 'credential';

/** Keys: created once, listed by prefix, revoked for good. Signed-in admins only (Cyberun spec 3.6). */
export function credentialRoutes(app: App, rooms: Rooms): void {
  createRoute(app, rooms);
  listRoute(app, rooms);
  revokeRoute(app, rooms);
}

function createRoute(app: App, rooms: Rooms): void {
  app.post(
    '/credentials',
    {
      onRequest: permit(rooms.identity, 'createCredential'),
      schema: describe(
        {
          tag,
          id: 'createCredential',
          summary: 'Create a credential',
          description: 'The secret is in this reply and never shown again.',
          team: 'required',
          errors: [429],
        },
        { body: createCredentialRequest },
        { 200: createCredentialReply },
      ),
    },
    async (request) => {
      const { kind, display_name: name, expires_in_days: expiresInDays } = request.body;
      if (kind === 'device') {
        throw new AppError(
          'bad_request',
          'Device keys are made by pairing a device, not here; use integration or agent.',
        );
      }
      const { teamId } = callerOf(request);
      const { id, raw, prefix } = await rooms.identity.credentials.create({
        kind,
        name,
        teamId,
        expiresInDays,
      });
      return { id, kind, key_prefix: prefix, raw_key: raw };
    },
  );
}

function listRoute(app: App, rooms: Rooms): void {
  app.get(
    '/credentials',
    {
      onRequest: permit(rooms.identity, 'listCredentials'),
      schema: describe(
        {
          tag,
          id: 'listCredentials',
          summary: 'List credentials',
          description: 'Newest first.',
          team: 'required',
        },
        { querystring: paginationQuery.extend({ kind: credentialKind.optional() }) },
        { 200: credentialList },
      ),
    },
    (request) => {
      const { kind, ...page } = request.query;
      const { rows, total } = rooms.identity.credentials.list(callerOf(request).teamId, page, kind);
      return {
        credentials: rows.map((row) => credentialItem(row, rooms.config.clock())),
        page_meta: { ...page, total_count: total },
      };
    },
  );
}

function revokeRoute(app: App, rooms: Rooms): void {
  app.delete(
    '/credentials/:id',
    {
      onRequest: permit(rooms.identity, 'revokeCredential'),
      schema: describe(
        {
          tag,
          id: 'revokeCredential',
          summary: 'Revoke a credential',
          description:
            'Takes the id of the credential, never the key itself. Takes effect at the key’s next use.',
          team: 'required',
        },
        { params: z.object({ id: uuid }) },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      await rooms.identity.credentials.revoke(callerOf(request).teamId, request.params.id.toLowerCase());
      return reply.code(204).send(null);
    },
  );
}

function credentialItem(row: CredentialRow, now: number) {
  const expired = row.expires_at !== null && row.expires_at <= now;
  const key_status = row.revoked_at !== null ? 'revoked' : expired ? 'expired' : 'active';
  const optional = (at: number | null) => (at === null ? null : toTimestamp(at));
  return {
    id: row.id,
    kind: row.kind,
    display_name: row.display_name,
    key_prefix: row.key_prefix,
    user_id: row.user_id,
    key_status,
    created_at: toTimestamp(row.created_at),
    last_used_at: optional(row.last_used_at),
    expires_at: optional(row.expires_at),
  } as const;
}
