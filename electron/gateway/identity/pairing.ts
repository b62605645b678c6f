import { createHash, randomBytes, randomInt } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { PairPollReply } from '#shared/wire/pairing.ts';
import type { PairingRow } from '../store/rows/identity.ts';
import type { Store, Writer } from '../store/store.ts';
import type { Credentials } from './credentials.ts';
import { roleOf } from './teams.ts';

/** Without letters and digits that look like others. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeLength = 8;
export const pairSeconds = 300;
export const pollSeconds = 2;
/** Anybody may begin one, so somebody could begin many. */
const mostOpen = 1000;

const hash = (code: string): string => createHash('sha256').update(code).digest('hex');
const shown = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What a person typed as a code: in any case, with or without dashes and spaces. */
export const readUserCode = (typed: string): string => typed.toUpperCase().replace(/[\s\p{Pd}]/gu, '');

/**
 * Pairing of a device that has no keyboard for passwords, or should not see one: it shows a short code, somebody who is
 * signed in types it, and the device fetches its keys, once.
 */
export class Pairing {
  readonly #store: Store;
  readonly #credentials: Credentials;
  readonly #clock: () => number;

  constructor(store: Store, credentials: Credentials, clock: () => number) {
    this.#store = store;
    this.#credentials = credentials;
    this.#clock = clock;
  }

  start(): Promise<{ deviceCode: string; userCode: string }> {
    const deviceCode = randomBytes(32).toString('base64url');
    return this.#store.write((writer) => {
      const now = this.#clock();
      writer.hotRun('DELETE FROM pairings WHERE expires_at <= ?', now);
      const [open] = writer.hot<{ count: number }>('SELECT COUNT(*) AS count FROM pairings');
      if ((open?.count ?? 0) >= mostOpen) {
        throw new AppError(
          'too_many_requests',
          'Too many devices wait to be paired; try again in five minutes.',
        );
      }
      const userCode = freeCode(writer);
      const row = {
        device_code_hash: hash(deviceCode),
        user_code: userCode,
        created_at: now,
        expires_at: now + pairSeconds * 1000,
        device_name: '',
      };
      writer.run(this.#store.sql.insertInto('pairings').values(row));
      return { deviceCode, userCode: shown(userCode) };
    });
  }

  /** Somebody signed in lets the device with this code into the team, as themselves. */
  async confirm(teamId: string, userId: string, code: string, deviceName: string): Promise<void> {
    const confirmed = await this.#store.write((writer) =>
      writer.hotRun(
        `UPDATE pairings SET team_id = ?, user_id = ?, device_name = ?
         WHERE user_code = ? AND expires_at > ? AND user_id IS NULL`,
        teamId,
        userId,
        deviceName,
        readUserCode(code),
        this.#clock(),
      ),
    );
    if (confirmed === 0) {
      throw new AppError(
        'not_found',
        'No device waits with this code: it is mistyped, used or older than five minutes.',
      );
    }
  }

  /** The device asks. Its keys are made in the unit that forgets the pairing, so they are handed out once. */
  poll(deviceCode: string): Promise<PairPollReply> {
    return this.#store.write((writer): PairPollReply => {
      const now = this.#clock();
      const [row] = writer.hot<PairingRow>(
        'SELECT * FROM pairings WHERE device_code_hash = ? AND expires_at > ?',
        hash(deviceCode),
        now,
      );
      if (!row) {
        throw new AppError('not_found', 'This pairing is unknown, used up or expired; start a new one.');
      }
      const { team_id: teamId, user_id: userId } = row;
      if (teamId === null || userId === null) return { status: 'pending' };
      writer.hotRun('DELETE FROM pairings WHERE device_code_hash = ?', row.device_code_hash);
      // Removed from the team between the two: then the device is not let in either.
      if (!roleOf(writer, teamId, userId)) return { status: 'pending' };
      const name = row.device_name || `Desktop (paired ${new Date(now).toISOString().slice(0, 10)})`;
      const device = this.#credentials.add(writer, { kind: 'device', name, teamId, userId });
      const agent = this.#credentials.add(writer, { kind: 'agent', name, teamId, parentId: device.id });
      return { status: 'approved', raw_key: device.raw, agent_raw_key: agent.raw, team_id: teamId };
    });
  }
}

function freeCode(writer: Writer): string {
  for (;;) {
    const code = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join('');
    if (writer.hot('SELECT 1 FROM pairings WHERE user_code = ?', code).length === 0) return code;
  }
}
