import { v7 } from 'uuid';
import type { Candidate } from '../../../electron/gateway/scheduling/candidate.ts';
import { decide } from '../../../electron/gateway/scheduling/decide.ts';
import { Fleet } from '../../../electron/gateway/scheduling/fleet.ts';
import { type Requirements, signatureOf } from '../../../electron/gateway/scheduling/requirements.ts';
import { WaitingQueue, type WaitingTask } from '../../../electron/gateway/scheduling/waiting-queue.ts';
import { median, ms, percentile, type Row, ratio } from '../row.ts';

/** A studio's variety, the same in both sizes: only the number of agents and of tasks differs. */
const workflows = 60;
const submitters = 50;
const priorities = [0, 0, 0, 0, 10];
const labels = ['sd15', 'sdxl', 'flux', 'video', 'upscale'];
const gpus = ['rtx4090', 'rtx3090', 'a10080gb', 'l40s'];
const regions = ['', 'us-east', 'eu-central', 'tw-tpe'];
const modelsPerAgent = 200;
const decisions = 5000;
const warmUp = 500;

/** A decision: an agent gets a place free, the next task in fair order that it can do is found, and given to the best. */
export async function dispatchDecision(): Promise<Row[]> {
  const small = await decisionTimes(100, 1000);
  const large = await decisionTimes(1000, 100_000);
  const worst = percentile(large, 0.99);
  return [
    {
      what: 'one dispatch decision, 1,000 agents and 100,000 tasks: p99',
      value: ms(worst),
      reach: '≤ 5 ms',
      detail: `median ${ms(median(large))}, worst of ${large.length}: ${ms(Math.max(...large))}`,
    },
    {
      what: 'the same ÷ with 100 agents and 1,000 tasks',
      value: ratio(mean(large) / mean(small)),
      reach: '≤ 2',
      detail: `mean ${ms(mean(large))} ÷ ${ms(mean(small))}; p99 ${ms(worst)} ÷ ${ms(percentile(small, 0.99))}`,
    },
  ];
}

async function decisionTimes(agents: number, tasks: number): Promise<number[]> {
  const queue = new WaitingQueue();
  const fleet = new Fleet((signature) => queue.has(signature));
  // Everybody is busy: that is when there is a line.
  const busy = Array.from({ length: agents }, (_, n) => agent(n));
  for (const candidate of busy) fleet.upsert(candidate);
  for (let n = 0; n < tasks; n += 1) queue.add(task(n));
  const times: number[] = [];
  for (let n = -warmUp; n < decisions; n += 1) {
    const freed = pick(busy, n * 7919);
    const started = performance.now();
    fleet.upsert({ ...freed, running: freed.running - 1 });
    const decision = decide(queue, fleet);
    if (!decision) throw new Error('a free agent found no task');
    queue.take(decision.task.id);
    const { candidate } = decision;
    fleet.upsert({
      ...candidate,
      running: candidate.running + 1,
      warmWorkflow: decision.task.workflowId,
    });
    const took = performance.now() - started;
    // The line stays as long as it is.
    queue.add(task(tasks + n));
    if (n >= 0) times.push(took);
    if (n % 100 === 0) await new Promise(setImmediate);
  }
  return times;
}

function agent(n: number): Candidate {
  return {
    key: `team/agent-${n}`,
    agentId: `agent-${n}`,
    teamId: 'team',
    community: false,
    tools: new Map([['comfyui', '']]),
    // The first has everything, so that every task can be done by somebody.
    labels: new Set(labels.filter((_, bit) => n % 5 === 0 || (n >> bit) % 2 === 0)),
    models: new Set(Array.from({ length: modelsPerAgent }, (_, m) => `checkpoints/model-${m}.safetensors`)),
    vramGb: n % 5 === 0 ? 48 : 24,
    gpuCodes: [pick(gpus, n)],
    region: pick(regions, n),
    fetching: { paths: new Set(), percent: 0, trouble: '' },
    nodeTypes: [new Set(Array.from({ length: 600 }, (_, m) => `Node${m}`))],
    slots: 1,
    staging: 1,
    running: 2,
    warmWorkflow: `workflow-${n % workflows}`,
    recent: { done: n % 20, failed: n % 3 },
  };
}

const needs = Array.from({ length: workflows * regions.length }, (_, n) => {
  const workflow = n % workflows;
  const requirements: Requirements = {
    teamId: 'team',
    pool: 'team',
    tool: 'comfyui',
    labels: labels.filter((_, bit) => bit === workflow % 7),
    models: [0, 1, 2].map((m) => `checkpoints/model-${(workflow * 3 + m) % modelsPerAgent}.safetensors`),
    minVramGb: workflow % 4 === 0 ? 40 : 12,
    nodeTypes: Array.from({ length: 20 }, (_, m) => `Node${(workflow * 10 + m) % 600}`),
    preferredGpu: workflow % 3 === 0 ? pick(gpus, workflow) : '',
    region: pick(regions, Math.floor(n / workflows)),
  };
  return { requirements, signature: signatureOf(requirements), workflowId: `workflow-${workflow}` };
});

function task(n: number): WaitingTask {
  const id = v7();
  return {
    id,
    place: id,
    ...pick(needs, n * 31),
    // Some people send much more than others.
    submitterId: `user-${Math.floor(submitters * ((n * 0.618) % 1) ** 2)}`,
    priority: pick(priorities, n * 13),
  };
}

function pick<Item>(from: readonly Item[], n: number): Item {
  const item = from[((n % from.length) + from.length) % from.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
