import { setTimeout as pause } from 'node:timers/promises';
import { createCanvas } from '@napi-rs/canvas';
import { type NodeContext, type NodeDefinition, NodeError, type Value } from '../nodes/node.ts';

const modes = ['ok', 'raise', 'oom', 'exit', 'hang'];

/** Passes a picture through while it counts steps, and misbehaves half-way on request. For tests; `--probe-nodes`. */
export const probeNode: NodeDefinition = {
  type: 'EngineProbe',
  displayName: 'Engine probe',
  category: 'probe',
  pythonModule: 'custom_nodes.engine-probe',
  inputs: {
    required: {
      image: ['IMAGE'],
      steps: ['INT', { default: 5, min: 1, max: 100_000 }],
      seconds_per_step: ['FLOAT', { default: 0.05, min: 0, max: 600, step: 0.01 }],
      mode: [modes],
      seed: ['INT', { default: 0, min: 0, max: 2 ** 53, control_after_generate: true }],
    },
  },
  outputs: [{ type: 'IMAGE', name: 'IMAGE' }],
  async run(inputs, context) {
    const steps = Number(inputs.steps);
    for (let step = 0; step < steps; step += 1) {
      await patient(Number(inputs.seconds_per_step) * 1000, context);
      const bytes = picture(step, Number(inputs.seed));
      await context.progress(step + 1, steps, { mime: 'image/jpeg', bytes });
      if (step === Math.floor(steps / 2)) await misbehave(String(inputs.mode));
    }
    return { outputs: [inputs.image as Value] };
  },
};

async function patient(ms: number, context: NodeContext): Promise<void> {
  const until = performance.now() + ms;
  for (let left = ms; left > 0; left = until - performance.now()) {
    await pause(Math.min(left, 50));
    context.throwIfInterrupted();
  }
}

function picture(step: number, seed: number): Uint8Array {
  const canvas = createCanvas(64, 64);
  const context = canvas.getContext('2d');
  context.fillStyle = `rgb(${(step * 37) % 256} ${seed % 256} 90)`;
  context.fillRect(0, 0, 64, 64);
  return canvas.toBuffer('image/jpeg');
}

async function misbehave(mode: string): Promise<void> {
  if (mode === 'raise') throw new NodeError('engine probe: raised on request');
  if (mode === 'oom') {
    throw new NodeError('Allocation on device: engine probe', 'torch.OutOfMemoryError');
  }
  if (mode === 'exit') process.exit(3);
  if (mode === 'hang') for (;;) await pause(3_600_000);
}
