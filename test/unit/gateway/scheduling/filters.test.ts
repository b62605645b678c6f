import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../../electron/gateway/scheduling/candidate.ts';
import { beingGiven, eligible, explain } from '../../../../electron/gateway/scheduling/filters.ts';
import type { Requirements } from '../../../../electron/gateway/scheduling/requirements.ts';
import { agent, needs } from './builders.ts';

const cases: {
  name: string;
  wants: Partial<Requirements>;
  fits: Partial<Candidate>;
  fails: Partial<Candidate>;
  words: string;
}[] = [
  {
    name: 'team',
    wants: {},
    fits: {},
    fails: { teamId: 'others' },
    words: 'No agent is connected.',
  },
  {
    name: 'community pool',
    wants: { pool: 'community' },
    fits: { teamId: 'others', community: true },
    fails: {},
    words: 'No agent of the community pool is connected.',
  },
  {
    name: 'tool',
    wants: { tool: 'nerfstudio' },
    fits: { tools: new Map([['nerfstudio', '']]) },
    fails: {},
    words: 'No agent runs Nerfstudio.',
  },
  {
    name: 'labels',
    wants: { labels: ['gpu', 'SD15'] },
    fits: { labels: new Set(['sd15', 'gpu', 'more']) },
    fails: { labels: new Set(['gpu']) },
    words: 'No agent has the label SD15.',
  },
  {
    name: 'VRAM',
    wants: { minVramGb: 24 },
    fits: { vramGb: 24 },
    fails: { vramGb: 23.9 },
    words: 'No agent has 24 GB of VRAM; the largest has 23 GB.',
  },
  {
    name: 'models',
    wants: { models: ['models/checkpoints/a.safetensors', 'loras/b.safetensors'] },
    fits: { models: new Set(['checkpoints/a.safetensors', 'loras/b.safetensors']) },
    fails: { models: new Set(['loras/b.safetensors']) },
    words:
      'No agent has the model models/checkpoints/a.safetensors. Add it on the page Models, and agents fetch it.',
  },
  {
    name: 'readiness',
    wants: {},
    fits: {},
    fails: { tools: new Map([['comfyui', 'its engine is starting']]) },
    words: 'The agent one is not ready: its engine is starting',
  },
];

it.each(cases)('the $name of an agent decides, and is what is said when nobody has it', (one) => {
  const wanted = needs(one.wants);
  expect(eligible(wanted, agent('one', one.fits))).toBe(true);
  expect(eligible(wanted, agent('one', one.fails))).toBe(false);
  expect(explain(wanted, [agent('one', one.fails)])).toBe(one.words);
});

it('is not held up by another engine of the agent that is not ready', () => {
  const tools = new Map([
    ['nerfstudio', 'it has crashed'],
    ['comfyui', ''],
  ] as const);
  expect(eligible(needs(), agent('one', { tools }))).toBe(true);
  expect(eligible(needs({ tool: 'nerfstudio' }), agent('one', { tools }))).toBe(false);
});

it('names what every agent lacks rather than what one of them lacks', () => {
  const wanted = needs({ labels: ['a', 'b', 'c'] });
  const agents = [agent('one', { labels: new Set(['a']) }), agent('two', { labels: new Set(['c']) })];
  expect(explain(wanted, agents)).toBe('No agent has the label b.');
});

it('says all of what one agent lacks when every agent lacks something else', () => {
  const wanted = needs({ labels: ['a', 'b'] });
  const agents = [agent('one', { labels: new Set(['a']) }), agent('two', { labels: new Set(['b']) })];
  expect(explain(wanted, agents)).toBe('No agent has the label b.');
  expect(explain(wanted, [agent('none')])).toBe('No agent has the labels a, b.');
});

it('explains by the filter that leaves nobody, not by agents that other filters had left out', () => {
  const wanted = needs({ labels: ['big'], minVramGb: 40 });
  const agents = [agent('small', { labels: new Set(['big']), vramGb: 8 }), agent('other', { vramGb: 80 })];
  expect(explain(wanted, agents)).toBe('No agent has 40 GB of VRAM; the largest has 8 GB.');
});

it('says who is busy when somebody could do it', () => {
  const busy = { running: 1 };
  expect(explain(needs(), [agent('one', busy)])).toBe('The agent one is busy.');
  expect(explain(needs(), [agent('one', busy), agent('two', busy)])).toBe('All 2 matching agents are busy.');
});

it('says that a task is next when somebody is free', () => {
  expect(explain(needs(), [agent('one', { running: 1, staging: 1 })])).toBe(beingGiven);
});

it('counts only agents that have the nodes among those who could be free', () => {
  const wanted = needs({ nodeTypes: ['Rare'] });
  const agents = [
    agent('knows', { nodeTypes: [new Set(['Rare'])], running: 1 }),
    agent('idle', { nodeTypes: [new Set(['Common'])] }),
  ];
  expect(explain(wanted, agents)).toBe('The agent knows is busy.');
});

describe('a model that nobody has', () => {
  const path = 'checkpoints/a.safetensors';
  const wanted = needs({ models: [path] });
  const none = { paths: new Set<string>(), percent: 0, trouble: '' };
  const fetching = { ...none, paths: new Set([path]), percent: 45 };

  it('is told as coming, with how far it is', () => {
    const agents = [agent('one', { fetching: none }), agent('two', { fetching })];
    expect(explain(wanted, agents)).toBe(`No agent has the model ${path}. two is fetching it (45 %).`);
  });

  it('is told with what keeps it from coming', () => {
    const trouble = 'The disk is full.';
    expect(explain(wanted, [agent('one', { fetching: { ...fetching, trouble } })])).toBe(
      `No agent has the model ${path}. one can’t fetch it: The disk is full.`,
    );
  });

  it('is found under another path', () => {
    const models = new Set(['checkpoints/old/a.safetensors']);
    expect(explain(wanted, [agent('one', { models })])).toContain('at checkpoints/old/a.safetensors');
  });
});
