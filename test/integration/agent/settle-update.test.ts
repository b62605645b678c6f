import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fleet } from '../../../electron/agent/engines/fleet.ts';
import { Jobs } from '../../../electron/agent/engines/manage/jobs.ts';
import type { CommandPorts } from '../../../electron/agent/engines/manage/ports.ts';
import { settleUpdate } from '../../../electron/agent/engines/manage/updates.ts';
import { engineRecord } from '../../../electron/agent/engines/registry/record.ts';
import { keepReport } from '../../../electron/agent/engines/update/report.ts';
import { FakeComfyUi } from './fake-comfyui.ts';

/** An engine of which only its comings and goings are looked at. */
const served = (log: string[]) =>
  ({
    info: { name: 'fake', state: 'ready', node_types: [] },
    start: async () => void log.push('start'),
    stop: async () => void log.push('stop'),
    onChange: () => undefined,
  }) as never;

describe('a new version that broke a workflow', () => {
  let fake: FakeComfyUi;
  let ports: CommandPorts;
  const log: string[] = [];

  beforeEach(async () => {
    log.length = 0;
    fake = await FakeComfyUi.make();
    const { registry } = fake;
    await registry.add({ ...fake.record, serves: true });
    const next = registry.files('fake-next');
    const source = join(registry.files('fake').folder, 'versions', '2', 'source');
    await mkdir(next.folder, { recursive: true });
    await mkdir(source, { recursive: true });
    await registry.add(
      engineRecord.parse({
        ...{ ...fake.record, id: 'fake-next', kind: 'install', candidateOf: 'fake' },
        ...{ path: source, source: { version: '2', commit: 'c2' }, serves: false },
      }),
    );
    await keepReport(next.folder, {
      ...{ engine: 'fake', made: new Date().toISOString(), overall: 'broken', notes: [], canaries: [] },
      ...{ from: { version: '1', commit: 'c1' }, to: { version: '2', commit: 'c2' } },
    });
    const fleet = new Fleet(
      () => undefined,
      () => undefined,
    );
    await fleet.add(served(log));
    ports = {
      ...{ registry, fleet, jobs: new Jobs(() => undefined), engine: () => served(log) },
      ...{ starter: { kind: 'starter', command: [] }, leave: async () => undefined },
    } as unknown as CommandPorts;
  });
  afterEach(() => fake.remove());

  const settle = (how: 'switch' | 'back', insist = false) =>
    settleUpdate({ engine_id: 'fake', how, insist }, ports);

  it('is not taken unasked, and nothing is stopped for the question', async () => {
    await expect(settle('switch')).rejects.toThrow('Discard it, or insist.');
    expect(log).toEqual(['start']);
    expect(await fake.registry.get('fake')).toMatchObject({ path: fake.record.path });
  });

  it('is taken by those who insist, serves as the one before did, and so does the one before again', async () => {
    await settle('switch', true);
    expect(log).toEqual(['start', 'stop', 'start']);
    expect(await fake.registry.get('fake')).toMatchObject({ source: { version: '2' }, serves: true });
    expect(await fake.registry.candidateOf('fake')).toBeUndefined();
    await settle('back');
    expect(await fake.registry.get('fake')).toMatchObject({ path: fake.record.path, serves: true });
  });
});
