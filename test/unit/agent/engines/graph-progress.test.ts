import { describe, expect, it } from 'vitest';
import { GraphProgress } from '../../../../electron/agent/engines/comfyui/graph-progress.ts';
import type { RunMessage } from '../../../../electron/agent/engines/comfyui/wire.ts';

const node = (class_type: string) => ({ class_type, inputs: {} });
const graph = { '1': node('EmptyImage'), '2': node('KSampler'), '3': node('SaveImage'), '4': node('Note') };
const prompt_id = 'p';

const run = (messages: RunMessage[]) => {
  const progress = new GraphProgress(graph);
  return messages.map((message) => progress.take(message)).filter((one) => one !== undefined);
};

describe('GraphProgress', () => {
  it('counts cached nodes as done and the part of the current one', () => {
    const told = run([
      { type: 'execution_cached', data: { prompt_id, nodes: ['1'] } },
      { type: 'executing', data: { prompt_id, node: '2' } },
      { type: 'progress', data: { prompt_id, node: '2', value: 5, max: 20 } },
    ]);
    expect(told.map((one) => one.progress)).toEqual([0.25, 0.25, 0.3125]);
    expect(told[2]).toMatchObject({
      current_node: '2',
      current_node_class: 'KSampler',
      step_current: 5,
      step_total: 20,
    });
  });

  it('names the node as its author did, else by its class', () => {
    const titled = new GraphProgress({
      '1': { class_type: 'KSampler', inputs: {}, _meta: { title: 'Second pass' } },
      '2': { class_type: 'SaveImage', inputs: {} },
    });
    const enter = (node: string) => titled.take({ type: 'executing', data: { prompt_id, node } });
    expect(enter('1')).toMatchObject({ current_node_class: 'KSampler', current_node_title: 'Second pass' });
    expect(enter('2')).toMatchObject({ current_node_class: 'SaveImage', current_node_title: 'SaveImage' });
  });

  it('takes a node as done when the next one begins, for servers that do not say so', () => {
    const told = run([
      { type: 'executing', data: { prompt_id, node: '1' } },
      { type: 'executing', data: { prompt_id, node: '2' } },
      { type: 'executing', data: { prompt_id, node: null } },
    ]);
    expect(told.map((one) => one.progress)).toEqual([0, 0.25]);
  });

  it('never goes back, not even when a node counts its steps twice', () => {
    const told = run([
      { type: 'progress', data: { prompt_id, node: '2', value: 9, max: 10 } },
      { type: 'progress', data: { prompt_id, node: '2', value: 1, max: 10 } },
    ]);
    expect(told.map((one) => one.progress)).toEqual([0.225, 0.225]);
  });

  it('does not count nodes that the run made by itself', () => {
    const told = run([
      {
        type: 'progress_state',
        data: { prompt_id, nodes: { '2.0.1': { state: 'finished' }, '1': { state: 'finished' } } },
      },
      { type: 'executing', data: { prompt_id, node: '2.0.2' } },
    ]);
    expect(told).toEqual([expect.objectContaining({ progress: 0.25, current_node_class: '' })]);
  });
});
