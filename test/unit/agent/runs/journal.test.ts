import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, type JournalRecord } from '../../../../electron/agent/runs/journal.ts';

const record = (): JournalRecord => ({
  assignment: {
    attempt_id: v7(),
    fence: 1,
    task_id: v7(),
    tool_type: 'comfyui',
    graph: {},
    inputs: [],
    upload_url: '/u',
    workflow: { id: v7(), slug: 's', version: 1, name: 'n' },
    foreign: false,
  },
  cancelled: false,
});

describe('Journal', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-journal-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what was saved, in its last state, and nothing of what was removed', async () => {
    const journal = new Journal(folder);
    expect(await journal.open()).toEqual([]);
    const [kept, gone] = [record(), record()];
    await Promise.all([journal.save(kept), journal.save(gone)]);
    const done: JournalRecord = { ...kept, conclusion: { type: 'completed', outputs: [] } };
    await journal.save(done);
    await journal.remove(gone.assignment.attempt_id);
    expect(await new Journal(folder).open()).toEqual([done]);
  });

  it('clears away what a crash left half-written or unreadable', async () => {
    await writeFile(join(folder, `${v7()}.json.new`), '{"assign');
    await writeFile(join(folder, `${v7()}.json`), '{"assign');
    await writeFile(join(folder, `${v7()}.json`), '{"assignment":{}}');
    expect(await new Journal(folder).open()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says at once that a record can not be written, and goes on with the next', async () => {
    const journal = new Journal(folder);
    await journal.open();
    await rm(folder, { recursive: true });
    expect(() => journal.save(record())).toThrow('ENOENT');
    await journal.open();
    const kept = record();
    await journal.save(kept);
    expect(await journal.open()).toEqual([kept]);
  });
});
