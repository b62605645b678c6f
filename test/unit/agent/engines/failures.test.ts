import { describe, expect, it } from 'vitest';
import { crashCauses, crashReport } from '#shared/wire/crash.ts';
import {
  errorFailure,
  lossFailure,
  rejectionFailure,
} from '../../../../electron/agent/engines/comfyui/failures.ts';

const graph = {
  '1': { class_type: 'CheckpointLoaderSimple', inputs: {}, _meta: { title: 'Load the model' } },
  '3': { class_type: 'KSampler', inputs: {}, _meta: { title: 'KSampler' } },
};
const error = {
  prompt_id: 'p',
  node_id: '3',
  node_type: 'KSampler',
  exception_message: 'probe raised on purpose\n',
  exception_type: 'ValueError',
  traceback: ['line 1\n', 'line 2\n'],
};

describe('errorFailure', () => {
  it('names the node and says what it said, with the engine’s last lines', () => {
    expect(errorFailure(graph, error, ['a', 'b'], 'main')).toEqual({
      code: 'engine_error',
      message: 'Node KSampler (node 3) failed: probe raised on purpose',
      retryable: false,
      node_id: '3',
      node_type: 'KSampler',
      details: { exception_type: 'ValueError', traceback: 'line 1\nline 2\n', engine: 'main' },
      log_tail: ['a', 'b'],
    });
  });

  it.each([
    [
      'torch.OutOfMemoryError',
      'Allocation on device\nThis error means you ran out of memory.',
      'out_of_vram',
    ],
    ['RuntimeError', 'CUDA error: out of memory', 'out_of_vram'],
    ['MemoryError', '', 'out_of_memory'],
    ['RuntimeError', "DefaultCPUAllocator: can't allocate memory", 'out_of_memory'],
  ])('knows a lack of memory by %s: %s', (exception_type, exception_message, cause) => {
    const failure = errorFailure(graph, { ...error, exception_type, exception_message }, [], 'main');
    expect(failure).toMatchObject({ code: 'out_of_memory', retryable: false, details: { cause } });
    const { what, fix } = crashReport.parse(failure.details);
    expect(what).toContain('Node KSampler (node 3) failed: ');
    expect(failure.message).toBe(`${what} ${fix}`);
  });

  it.each([
    ['OSError', '[Errno 28] No space left on device', 'disk_full', false],
    ['ModuleNotFoundError', "No module named 'shiny'", 'missing_module', false],
    ['RuntimeError', 'CUDA error: unspecified launch failure', 'driver_reset', true],
  ])('knows %s: %s', (exception_type, exception_message, cause, retryable) => {
    const traceback = ['  File "/x/custom_nodes/shiny-pack/nodes.py", line 3, in run\n'];
    const failure = errorFailure(
      graph,
      { ...error, exception_type, exception_message, traceback },
      [],
      'main',
    );
    expect(failure).toMatchObject({ code: 'engine_error', retryable, details: { cause } });
    expect(crashReport.parse(failure.details).pack).toBe(
      cause === 'missing_module' ? 'shiny-pack' : undefined,
    );
  });
});

describe('lossFailure', () => {
  const report = { cause: 'segfault', what: 'The engine "one" stopped.', fix: 'Update it.' } as const;
  const at = { id: '3', type: 'KSampler', pack: 'shiny-pack' };

  it('names the node and its pack, what to do, and the parts of it', () => {
    const what =
      'The engine "one" stopped. It was executing node KSampler (node 3) of the node pack "shiny-pack".';
    expect(lossFailure(graph, report, 'engine_crashed', at)).toEqual({
      code: 'engine_crashed',
      message: `${what} Update it.`,
      retryable: true,
      node_id: '3',
      node_type: 'KSampler',
      details: { ...report, what },
    });
  });

  it('blames the pack of the node for a hang, whatever a dump shows', () => {
    const hang = { ...report, cause: 'hang', pack: 'other' } as const;
    expect(lossFailure(graph, hang, 'engine_crashed', at).details).toMatchObject({ pack: 'shiny-pack' });
  });

  it.each(crashCauses)('lets it be tried again or not: %s', (cause) => {
    const once = [
      'killed',
      'segfault',
      'hang',
      'port_taken',
      'driver_reset',
      'in_use',
      'unreachable',
      'unknown',
    ];
    expect(lossFailure(graph, { ...report, cause }, 'engine_crashed', undefined).retryable).toBe(
      once.includes(cause),
    );
  });
});

const rejected = (type: string, message: string, details: string, extra_info = {}, node_errors = {}) =>
  rejectionFailure(graph, 400, { error: { type, message, details, extra_info }, node_errors });

describe('rejectionFailure', () => {
  it.each([
    ['0.3.x', 'invalid_prompt', {}],
    ['newer', 'missing_node_type', { node_id: '1', class_type: 'CheckpointLoaderSimple', node_title: 'x' }],
  ])('names the missing node type and what to do (%s servers)', (_server, type, extra) => {
    const failure = rejected(type, 'Cannot execute because node does not exist.', "Node ID '#1'", extra);
    expect(failure).toMatchObject({ code: 'engine_rejected', retryable: false, node_id: '1' });
    expect(failure.message).toBe(
      'The engine has no node type "CheckpointLoaderSimple", which "Load the model" (CheckpointLoaderSimple, node 1) needs.' +
        ' Install the node pack that brings it, or use an engine that has it.',
    );
  });

  it('names each input that is wrong and the rule it breaks', () => {
    const one = (type: string, input_name: string, message: string, details: string) => ({
      type,
      message,
      details,
      extra_info: { input_name },
    });
    const failure = rejected(
      'prompt_outputs_failed_validation',
      'Prompt outputs failed validation',
      '',
      {},
      {
        '1': {
          errors: [one('value_not_in_list', 'ckpt_name', 'Value not in list', "ckpt_name: 'x' not in []")],
          dependent_outputs: ['9'],
          class_type: 'CheckpointLoaderSimple',
        },
        '3': {
          errors: [
            one('required_input_missing', 'model', 'Required input is missing', 'model'),
            one('value_smaller_than_min', 'steps', 'Value 0 smaller than min of 1', 'steps'),
          ],
          dependent_outputs: ['9'],
          class_type: 'KSampler',
        },
      },
    );
    expect(failure.message).toContain('"Load the model" (CheckpointLoaderSimple, node 1): input "ckpt_name"');
    expect(failure.message).toContain("'x' not in []");
    expect(failure.message).toContain('KSampler (node 3): input "model" is missing');
    expect(failure.message).toContain('input "steps" is out of bounds: Value 0 smaller than min of 1');
    expect(failure.node_id).toBe('1');
  });

  it('says what a workflow without outputs needs', () => {
    expect(rejected('prompt_no_outputs', 'Prompt has no outputs', '').message).toContain('SaveImage');
  });

  it('makes words even of an answer it does not understand', () => {
    expect(rejectionFailure(graph, 500, undefined).message).toBe(
      'The engine refused the workflow with status 500.',
    );
  });
});
