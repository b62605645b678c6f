import { type TestGateway, text } from '../support.ts';
import { Machine } from './machine.ts';

type Person = Awaited<ReturnType<TestGateway['stranger']>>;

/** Everybody who may come to a route, and things for it to be about. */
export interface World {
  readonly gateway: TestGateway;
  readonly admin: Person;
  readonly member: Person;
  readonly viewer: Person;
  /** Was a member, and is signed in still. */
  readonly removed: Person;
  /** Comes and goes, by invitation. */
  readonly guest: Person;
  /** Owner of another team. */
  readonly stranger: Person;
  readonly keys: {
    readonly expired: string;
    readonly revoked: string;
    readonly revokedDevice: string;
    /** A device key of the member who was removed. */
    readonly removedDevice: string;
  };
  readonly machine: Machine;
  readonly workflowId: string;
  readonly taskId: string;
}

export const longAgo = 400 * 86_400_000;

export async function makeWorld(gateway: TestGateway): Promise<World> {
  const { identity, store } = gateway.gateway.rooms;
  const { teamId, userId } = gateway.owner;
  const [admin, member, viewer, removed, stranger, guest] = await Promise.all([
    gateway.stranger('admin'),
    gateway.stranger('member'),
    gateway.stranger('viewer'),
    gateway.stranger('admin'),
    gateway.stranger(),
    gateway.stranger(),
  ]);
  const removedDevice = await identity.createKey({
    kind: 'device',
    name: 'old laptop',
    teamId,
    userId: removed.userId,
  });
  await identity.members.remove(teamId, userId, removed.userId);
  const key = (kind: 'integration' | 'device') =>
    identity.credentials.create({ kind, name: 'x', teamId, ...(kind === 'device' ? { userId } : {}) });
  const [expired, revoked, revokedDevice] = [
    await key('integration'),
    await key('integration'),
    await key('device'),
  ];
  await store.write((writer) =>
    writer.hotRun('UPDATE credentials SET expires_at = ? WHERE id = ?', Date.now() - longAgo, expired.id),
  );
  await identity.credentials.revoke(teamId, revoked.id);
  await identity.credentials.revoke(teamId, revokedDevice.id);
  const workflowId = await gateway.import({ workflow_slug: 'walked' });
  return {
    gateway,
    admin,
    member,
    viewer,
    removed,
    stranger,
    guest,
    keys: { expired: expired.raw, revoked: revoked.raw, revokedDevice: revokedDevice.raw, removedDevice },
    machine: await Machine.join(gateway),
    workflowId,
    taskId: await gateway.run(workflowId),
  };
}

/** A user who is in the team for one call only: some calls end what they are about. */
export async function passerBy({ gateway }: World): Promise<{ userId: string }> {
  const { store } = gateway.gateway.rooms;
  const userId = crypto.randomUUID();
  await store.write((writer) => {
    writer.run(
      store.sql.insertInto('users').values({
        id: userId,
        email: `${userId}@example.org`,
        first_name: 'Passer',
        last_name: 'By',
        display_name: 'Passer By',
        password_hash: null,
        disabled: 0,
        created_at: 1,
      }),
    );
    writer.run(
      store.sql
        .insertInto('members')
        .values({ team_id: gateway.owner.teamId, user_id: userId, role: 'viewer', created_at: 1 }),
    );
  });
  return { userId };
}

export async function invited({ gateway }: World, email = `${crypto.randomUUID()}@example.org`) {
  const { identity } = gateway.gateway.rooms;
  return identity.invitations.create(gateway.owner.teamId, null, {
    email_address: email,
    invitation_role: 'viewer',
  });
}

export async function signIn({ gateway }: World): Promise<{ refresh_token: string }> {
  const reply = await gateway.call('POST', '/auth/local', null);
  return { refresh_token: text(reply, 'refresh_token') };
}
