import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../../electron/agent/engines/engine.ts';
import { Fleet } from '../../../../electron/agent/engines/fleet.ts';
import type { EngineInfo } from '../../../../shared/link/protocol.ts';

type State = EngineInfo['state'];

/** An engine as far as a fleet looks at it. */
const engine = (name: string, state: State, node_types: string[] = []): Engine =>
  ({
    info: { name, state, node_types },
    start: async () => {},
    stop: async () => {},
    onChange: () => {},
  }) as never;

async function fleetOf(...engines: Engine[]): Promise<Fleet> {
  const fleet = new Fleet(vi.fn(), vi.fn());
  for (const one of engines) await fleet.add(one);
  return fleet;
}
const chosen = (fleet: Fleet, ...nodes: string[]): string | undefined => fleet.choose(nodes)?.name;

describe('Fleet', () => {
  it('gives a run to the engine that has its nodes, however busy, before one that lacks them', async () => {
    const fleet = await fleetOf(engine('starter', 'ready', ['A']), engine('comfy', 'ready', ['A', 'B']));
    fleet.get('comfy')?.take('1');
    expect(chosen(fleet, 'A', 'B')).toBe('comfy');
    expect(chosen(fleet, 'A')).toBe('starter');
  });

  it('waits for an engine that starts, or comes back, before it lets one refuse that lacks the nodes', async () => {
    const starter = engine('starter', 'ready', ['A']);
    expect(chosen(await fleetOf(starter, engine('new', 'starting')), 'B')).toBe('new');
    expect(chosen(await fleetOf(starter, engine('down', 'crashed', ['A', 'B'])), 'B')).toBe('down');
    expect(chosen(await fleetOf(starter, engine('down', 'crashed'), engine('new', 'starting')), 'B')).toBe(
      'new',
    );
    expect(chosen(await fleetOf(starter, engine('other', 'ready', ['C'])), 'B')).toBe('starter');
  });

  it('shares runs out among equals, and counts again when one is let go', async () => {
    const fleet = await fleetOf(engine('gpu0', 'ready', ['A']), engine('gpu1', 'ready', ['A']));
    const order = ['1', '2', '3'].map((id) => {
      const seat = fleet.choose(['A']);
      seat?.take(id);
      return seat?.name;
    });
    expect(order).toEqual(['gpu0', 'gpu1', 'gpu0']);
    fleet.get('gpu0')?.letGo('1');
    fleet.get('gpu0')?.letGo('3');
    expect(chosen(fleet, 'A')).toBe('gpu0');
  });

  it('gives nothing to an engine that is about to leave, tells of it no more, and lets it keep what it has', async () => {
    const fleet = await fleetOf(engine('gpu0', 'ready', ['A']), engine('gpu1', 'ready', ['A']));
    fleet.get('gpu1')?.take('1');
    fleet.retire('gpu0');
    expect(chosen(fleet, 'A')).toBe('gpu1');
    expect(fleet.infos.map(({ name }) => name)).toEqual(['gpu1']);
    expect(fleet.get('gpu0')).toBeDefined();
    fleet.retire('gpu1');
    expect(chosen(fleet, 'A')).toBeUndefined();
    await fleet.remove('gpu0');
    await fleet.add(engine('gpu0', 'ready', ['A']));
    expect(chosen(fleet, 'A')).toBe('gpu0');
  });

  it('has none when there is none, and takes a name once', async () => {
    const fleet = await fleetOf(engine('gpu0', 'ready'));
    await expect(fleet.add(engine('gpu0', 'ready'))).rejects.toThrow('"gpu0" is served already');
    await fleet.remove('gpu0');
    expect(chosen(fleet, 'A')).toBeUndefined();
  });

  it('tells what changes, but not what a removed engine still says', async () => {
    const [changed, busier] = [vi.fn(), vi.fn()];
    const fleet = new Fleet(changed, busier);
    let speak = (): void => undefined;
    await fleet.add({
      ...engine('one', 'ready'),
      onChange: (listener: () => void) => (speak = listener),
    } as never);
    const before = changed.mock.calls.length;
    speak();
    expect(changed).toHaveBeenCalledTimes(before + 1);
    fleet.get('one')?.take('1');
    expect(busier).toHaveBeenCalledTimes(1);
    await fleet.remove('one');
    const after = changed.mock.calls.length;
    speak();
    expect(changed).toHaveBeenCalledTimes(after);
  });
});
