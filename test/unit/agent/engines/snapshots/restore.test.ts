import { describe, expect, it } from 'vitest';
import { engineRecord } from '../../../../../electron/agent/engines/registry/record.ts';
import { changesNothing, planRestore } from '../../../../../electron/agent/engines/snapshots/restore.ts';
import type { Snapshot } from '../../../../../electron/agent/engines/snapshots/snapshots.ts';

const settings = (options: object = {}) =>
  engineRecord.parse({
    id: 'a',
    kind: 'adopt',
    created: '2026-11-25T08:00:00Z',
    path: '/a',
    python: '/p',
    options,
  });

const state = (changes: Partial<Snapshot> = {}): Snapshot => ({
  ...{ id: 'x', taken: '2026-11-25T08:00:00Z', reason: '', source: { version: '1', commit: 'aaa' } },
  ...{ packages: ['numpy==2.0', 'torch==2.13.0+cpu'], packs: [], settings: settings(), ...changes },
});
const pack = (name: string, changes: object = {}) => ({
  ...{ name, enabled: true, commit: 'c1', remote: 'https://localhost/x.git', changed: false, ...changes },
});

describe('planRestore', () => {
  it('finds nothing to do where nothing has changed', () => {
    expect(changesNothing(planRestore(state(), state()))).toBe(true);
  });

  it('goes back in source, packages and settings', () => {
    const now = state({
      source: { version: '2', commit: 'bbb' },
      packages: ['Num_Py==9', 'numpy==1.0', 'torch==2.13.0+cpu', 'new-thing==1'],
      settings: settings({ vram: 'cpu' }),
    });
    expect(planRestore(now, state())).toEqual({
      commit: { from: 'bbb', to: 'aaa' },
      packages: { install: ['numpy==2.0'], remove: ['num-py', 'new-thing'] },
      packs: [],
      settings: true,
      beyond: [],
    });
  });

  it('goes back in node packs, disables newer ones rather than deleting them, and says what it can not do', () => {
    const now = state({
      packs: [
        pack('moved', { commit: 'c2' }),
        pack('off', { enabled: false }),
        pack('mine', { changed: true }),
        pack('newer'),
      ],
    });
    const then = state({ packs: [pack('moved'), pack('off'), pack('mine', { commit: 'c0' }), pack('lost')] });
    const plan = planRestore(now, then);
    expect(plan.packs).toEqual([
      { kind: 'checkout', name: 'moved', commit: 'c1', fetch: true },
      { kind: 'enable', name: 'off' },
      { kind: 'disable', name: 'newer' },
    ]);
    expect(plan.beyond).toEqual([
      expect.stringContaining('"mine" was changed by hand'),
      expect.stringContaining('"lost" (https://localhost/x.git) is gone'),
    ]);
  });

  it('leaves the packages alone when they could not be read', () => {
    expect(planRestore(state({ packages: [] }), state()).packages).toEqual({ install: [], remove: [] });
  });
});
