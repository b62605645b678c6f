import { expect, it } from 'vitest';
import type { LiveMessage } from '../../../../electron/agent/link/link.ts';
import type { Conclusion } from '../../../../electron/agent/runs/journal.ts';
import { withoutLog, withoutOwner } from '../../../../electron/agent/runs/lending.ts';

const failed = (message: string, more: object = {}) =>
  withoutOwner({
    type: 'failed',
    failure: { code: 'engine_error', message, retryable: false, node_id: '4', ...more },
  });

it.each([
  ["No such file: '/home/ada/ComfyUI/models/a b.safetensors'", "No such file: '… b.safetensors'"],
  ['at C:\\Users\\Ada\\x.py, line 3', 'at …, line 3'],
  ['at \\\\nas\\pictures\\x.png', 'at …'],
  ['in ~/ComfyUI', 'in …'],
  [
    '1/2 of it/s, see https://example.org/x and nodes/y',
    '1/2 of it/s, see https://example.org/x and nodes/y',
  ],
])('says what happened without the owner’s paths: %s', (message, told) => {
  expect(failed(message)).toMatchObject({ failure: { message: told, node_id: '4' } });
});

it('keeps the cause of a crash, and nothing else that lies behind a failure', () => {
  expect(failed('x', { details: { traceback: ['/home/ada'] }, log_tail: ['/home/ada'] })).toEqual({
    type: 'failed',
    failure: { code: 'engine_error', message: 'x', retryable: false, node_id: '4' },
  });
  const crash = { cause: 'segfault', what: 'It died in /opt/x.', fix: 'Remove it.', pack: 'ada-private' };
  expect(failed('x', { details: crash })).toMatchObject({
    failure: { details: { cause: 'segfault', what: 'It died in …', fix: '' } },
  });
});

it('says no more than that its owner took it back', () => {
  expect(withoutOwner({ type: 'declined', reason: 'ada stopped /opt/comfy' })).toEqual({
    type: 'declined',
    reason: 'it was taken back by its owner.',
  });
  const completed: Conclusion = { type: 'completed', outputs: [] };
  expect(withoutOwner(completed)).toBe(completed);
});

it('tells how far it is, and no log', () => {
  const told: string[] = [];
  const tell = withoutLog((message) => told.push(message.type));
  const ref = { attempt_id: crypto.randomUUID(), fence: 1 };
  const messages: LiveMessage[] = [
    { type: 'log', ...ref, lines: ['loading /home/ada/model'] },
    { type: 'preview', ...ref, content_type: 'image/jpeg', data_base64: '' },
  ];
  for (const message of messages) tell(message);
  expect(told).toEqual(['preview']);
});
