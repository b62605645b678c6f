import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createStudio } from '../../../electron/studio.ts';

const soon = { timeout: 20_000, interval: 50 };

it('moves the built-in agent to the new team when the studio’s own team was deleted', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'atelier-team-end-'));
  const studio = await createStudio({
    ...{ dataDir, host: '127.0.0.1', port: 0, version: '0.0.0', log: pino({ level: 'silent' }) },
    starter: {
      kind: 'starter',
      command: [process.execPath, resolve(import.meta.dirname, '../../../electron/starter-engine/main.ts')],
    },
  });
  try {
    await studio.start();
    const { identity, agents } = studio.gateway.rooms;
    const keyFile = join(dataDir, 'agent', 'key');
    const { teamId: before } = await identity.ensureOwner();
    await expect.poll(() => agents.list(before).length, soon).toBe(1);
    const oldKey = await readFile(keyFile, 'utf8');
    await identity.deleteTeam(before);
    const { teamId: after } = await identity.ensureOwner();
    expect(after).not.toBe(before);
    await expect.poll(() => agents.list(after).length, soon).toBe(1);
    expect(agents.list(before)).toEqual([]);
    expect(await readFile(keyFile, 'utf8')).not.toBe(oldKey);
  } finally {
    await studio.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
