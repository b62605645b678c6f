import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../../electron/gateway/scheduling/candidate.ts';
import { decide } from '../../../../electron/gateway/scheduling/decide.ts';
import { Fleet } from '../../../../electron/gateway/scheduling/fleet.ts';
import { signatureOf } from '../../../../electron/gateway/scheduling/requirements.ts';
import { WaitingQueue, type WaitingTask } from '../../../../electron/gateway/scheduling/waiting-queue.ts';
import { agent, needs, task } from './builders.ts';

function studio(agents: Candidate[], tasks: WaitingTask[]): { queue: WaitingQueue; fleet: Fleet } {
  const queue = new WaitingQueue();
  const fleet = new Fleet((signature) => queue.has(signature));
  for (const one of agents) fleet.upsert(one);
  for (const one of tasks) queue.add(one);
  return { queue, fleet };
}

/** Decides until nothing more can be given: `task→agent`. */
function giveAll({ queue, fleet }: { queue: WaitingQueue; fleet: Fleet }): string[] {
  const given: string[] = [];
  for (let next = decide(queue, fleet); next; next = decide(queue, fleet)) {
    const { task: taken, candidate } = next;
    queue.take(taken.id);
    fleet.upsert({ ...candidate, running: candidate.running + 1 });
    given.push(`${taken.id}→${candidate.agentId}`);
  }
  return given;
}

const best = (agents: Candidate[], wanted = needs(), workflowId = 'w'): string | undefined =>
  studio(agents, []).fleet.best(signatureOf(wanted), wanted, workflowId)?.agentId;

it('fills free slots before places ahead of busy ones, and stops when all are taken', () => {
  const agents = [agent('one', { staging: 1 }), agent('two', { staging: 1 })];
  const tasks = ['01', '02', '03', '04', '05'].map((id) => task(id));
  const given = giveAll(studio(agents, tasks));
  expect(
    given
      .slice(0, 2)
      .map((line) => line.split('→')[1])
      .sort(),
  ).toEqual(['one', 'two']);
  expect(given).toHaveLength(4);
});

it('takes a free slot elsewhere before a place ahead on the better agent', () => {
  const wanted = needs({ preferredGpu: '4090', region: 'here' });
  const better = agent('better', { gpuCodes: ['rtx4090'], region: 'here', running: 1, staging: 1 });
  expect(best([better, agent('worse', { region: 'there' })], wanted)).toBe('worse');
});

it('passes over the first in line when only a later one can start', () => {
  const tasks = [task('01', 'ada', {}, { labels: ['rare'] }), task('02')];
  expect(giveAll(studio([agent('one')], tasks))).toEqual(['02→one']);
});

it('gives each task to an agent that may have it', () => {
  const agents = [agent('plain', { slots: 9 }), agent('big', { vramGb: 80 })];
  const tasks = [
    task('01', 'ada', {}, { minVramGb: 40 }),
    task('02', 'ada', {}, { minVramGb: 40 }),
    task('03'),
  ];
  expect(giveAll(studio(agents, tasks))).toEqual(['01→big', '03→plain']);
});

describe('warm models', () => {
  const warm = agent('warm', { warmWorkflow: 'w' });
  it('draw a task to the agent that ran its workflow last', () => {
    expect(best([agent('cold', { recent: { done: 9, failed: 0 } }), warm])).toBe('warm');
    expect(best([agent('cold', { recent: { done: 9, failed: 0 } }), warm], needs(), 'other')).toBe('cold');
  });

  it('weigh less than a preferred GPU', () => {
    const wanted = needs({ preferredGpu: '4090' });
    expect(best([warm, agent('fast', { gpuCodes: ['rtx4090'] })], wanted)).toBe('fast');
  });

  it('do not count once the agent has run something else', () => {
    const { fleet } = studio([warm, agent('cold', { recent: { done: 0, failed: 0 } })], []);
    const wanted = needs();
    fleet.best(signatureOf(wanted), wanted, 'w');
    fleet.upsert({ ...warm, warmWorkflow: 'other', recent: { done: 0, failed: 5 } });
    expect(fleet.best(signatureOf(wanted), wanted, 'w')?.agentId).toBe('cold');
    expect(fleet.best(signatureOf(wanted), wanted, 'other')?.agentId).toBe('warm');
  });
});

describe('nodes of the graph', () => {
  const wanted = needs({ nodeTypes: ['Rare'] });
  const knows = agent('knows', { nodeTypes: [new Set(['Rare'])] });
  const lacks = agent('lacks', { nodeTypes: [new Set(['Common'])], recent: { done: 9, failed: 0 } });
  it('are looked for first', () => {
    expect(best([lacks, knows], wanted)).toBe('knows');
  });
  it('are waited for while an agent that has them is busy', () => {
    expect(best([lacks, { ...knows, running: 1 }], wanted)).toBeUndefined();
  });
  it('keep nobody waiting when no agent has them: the engine says so by name', () => {
    expect(best([lacks], wanted)).toBe('lacks');
  });
  it('are taken as there when the agent has not said what it has', () => {
    expect(best([lacks, agent('silent')], wanted)).toBe('silent');
  });
});

describe('an agent that changes', () => {
  it('is given nothing once it is gone', () => {
    const { queue, fleet } = studio([agent('one')], [task('01')]);
    expect(decide(queue, fleet)?.candidate.agentId).toBe('one');
    fleet.remove('team/one');
    expect(decide(queue, fleet)).toBeUndefined();
  });

  it('is given work again when its engine is ready again', () => {
    const { queue, fleet } = studio([agent('one')], [task('01')]);
    fleet.upsert(agent('one', { tools: new Map([['comfyui', 'it has crashed']]) }));
    expect(decide(queue, fleet)).toBeUndefined();
    fleet.upsert(agent('one'));
    expect(decide(queue, fleet)?.candidate.agentId).toBe('one');
  });

  it('comes to know nodes, and then others are not used', () => {
    const { queue, fleet } = studio(
      [agent('one', { nodeTypes: [new Set(['A'])] }), agent('two', { nodeTypes: [new Set(['A'])] })],
      [task('01', 'ada', {}, { nodeTypes: ['Rare'] })],
    );
    expect(decide(queue, fleet)).toBeDefined();
    fleet.upsert(agent('two', { nodeTypes: [new Set(['Rare'])], running: 1 }));
    expect(decide(queue, fleet)).toBeUndefined();
  });
});

it('finds the right agent among more kinds of tasks than it keeps in mind', () => {
  const agents = Array.from({ length: 3 }, (_, n) =>
    agent(`a${n}`, { labels: new Set([`l${n}`]), slots: 2000 }),
  );
  const { fleet } = studio(agents, []);
  for (let n = 0; n < 1500; n += 1) {
    const wanted = needs({ labels: [`l${n % 3}`], region: `r${n}` });
    expect(fleet.best(signatureOf(wanted), wanted, '')?.agentId).toBe(`a${n % 3}`);
  }
  fleet.remove('team/a1');
  const wanted = needs({ labels: ['l1'], region: 'r1' });
  expect(fleet.best(signatureOf(wanted), wanted, '')).toBeUndefined();
});
