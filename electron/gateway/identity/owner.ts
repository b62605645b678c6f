import { v7 } from 'uuid';
import { readSetting, writeSetting } from '../store/repositories/settings.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import { insertTeam } from './teams.ts';

/** The person whose studio this is, and the team that the studio itself works in. */
export interface Owner {
  readonly userId: string;
  readonly teamId: string;
}

export function knownOwner(reader: Reader): Owner | undefined {
  const setting = readSetting(reader, 'owner');
  return setting === undefined ? undefined : (JSON.parse(setting) as Owner);
}

const complete = (reader: Reader): Owner | undefined => {
  const owner = knownOwner(reader);
  const there = (id: string) =>
    reader.hot('SELECT 1 FROM teams WHERE id = ? AND deleted_at IS NULL', id).length > 0;
  return owner && there(owner.teamId) ? owner : undefined;
};

/** Makes what is missing: both at the first start, a new team when the studio's own was deleted. */
export function ensureOwner(store: Store, clock: () => number): Promise<Owner> {
  const known = complete(store.read);
  if (known) return Promise.resolve(known);
  return store.write((writer) => {
    const raced = complete(writer);
    if (raced) return raced;
    const now = clock();
    const userId = knownOwner(writer)?.userId ?? addOwner(writer, store, now);
    const teamId = insertTeam(writer, store, { userId, displayName: 'My studio', now });
    const owner: Owner = { userId, teamId };
    writeSetting(writer, 'owner', JSON.stringify(owner));
    return owner;
  });
}

function addOwner(writer: Writer, { sql }: Store, now: number): string {
  const id = v7();
  writer.run(
    sql.insertInto('users').values({
      id,
      email: 'owner@atelier.local',
      first_name: 'Studio',
      last_name: 'Owner',
      display_name: 'Studio Owner',
      password_hash: null,
      disabled: 0,
      created_at: now,
    }),
  );
  return id;
}
