import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../electron/agent/announcer.ts';
import type { AgentMessage, EngineInfo, MachineInfo } from '../../../shared/link/protocol.ts';

const machine: MachineInfo = {
  ...{ hostname: 'here', platform_arch: 'linux/amd64', os: 'linux', cpu_count: 2, ram_total: 1, ram_free: 1 },
  gpus: [],
};
const info = (state: EngineInfo['state'], name = 'one'): EngineInfo => ({
  ...{ name, tool: 'comfyui', flavour: 'comfyui', version: '', pytorch_version: '', state, reason: '' },
  ...{ devices: [], node_types: [] },
});

/** A gateway that listens, and a machine that answers when the test says so. */
function bench() {
  const sent: Partial<AgentMessage>[] = [];
  const answers: (() => void)[] = [];
  const now = { engines: [info('starting')], connected: true };
  const announcer = new Announcer({
    machine: () => new Promise((done) => answers.push(() => done(machine))),
    engines: () => now.engines,
    labels: [],
    link: {
      get connected() {
        return now.connected;
      },
      send: async (message) => void sent.push(message),
    },
  });
  const hello = async () => {
    const said = announcer.hello();
    answers.shift()?.();
    return said;
  };
  return { announcer, sent, answers, now, hello };
}

describe('Announcer', () => {
  it('tells the newest state last, in whatever order the machine answers', async () => {
    const { announcer, sent, answers, now, hello } = bench();
    await hello();
    const first = announcer.tell();
    now.engines = [info('ready')];
    const second = announcer.tell();
    answers[1]?.();
    await second;
    answers[0]?.();
    await first;
    expect(sent.map((message) => 'engine' in message && message.engine?.state)).toEqual(['ready']);
  });

  it('keeps what changes while nobody listens for whoever listens next', async () => {
    const { announcer, sent, answers, now, hello } = bench();
    expect(await hello()).toMatchObject({ machine, engines: [{ state: 'starting' }], slots: 1 });
    now.connected = false;
    now.engines = [info('ready')];
    const unheard = announcer.tell();
    answers.pop()?.();
    await unheard;
    now.connected = true;
    const heard = announcer.tell();
    answers.pop()?.();
    await heard;
    expect(sent).toMatchObject([{ type: 'engine_state', engine: { state: 'ready' } }]);
  });

  it('tells all anew when an engine has come or gone', async () => {
    const { announcer, sent, answers, now, hello } = bench();
    await hello();
    now.engines = [info('ready'), info('ready', 'two')];
    const told = announcer.tell();
    answers.pop()?.();
    await told;
    expect(sent).toMatchObject([{ type: 'standing', slots: 2, engines: [{ name: 'one' }, { name: 'two' }] }]);
  });
});
