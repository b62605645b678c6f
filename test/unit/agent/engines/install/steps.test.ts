import { describe, expect, it } from 'vitest';
import { failureWords } from '../../../../../electron/agent/engines/install/command.ts';
import {
  installRequest,
  stepNames,
  stepsOf,
  stillDone,
} from '../../../../../electron/agent/engines/install/request.ts';
import { withoutSkipped } from '../../../../../electron/agent/engines/install/steps.ts';

describe('withoutSkipped', () => {
  it('leaves out the named packages, however they are spelled, and nothing else', () => {
    const text =
      '# packages\ntorch\ntorchvision>=1\nTorch_Audio\nnumpy>=1.25.0\r\ncomfyui-embedded-docs==0.2.6\n';
    expect(withoutSkipped(text, ['torchvision', 'torch-audio', 'ComfyUI.embedded_docs'])).toBe(
      '# packages\ntorch\nnumpy>=1.25.0\n',
    );
  });
});

describe('failureWords', () => {
  it.each([
    [
      'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
      'The disk is full',
    ],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'network'],
    ['WARNING: Retrying after connection broken by NewConnectionError: Connection refused', 'network'],
    ["ERROR: Wheel 'tidy' located at /tmp/x/tidy.whl is invalid.", 'did not come whole'],
    ['fetch-pack: unexpected disconnect while reading sideband packet', 'did not come whole'],
    ['ERROR: No matching distribution found for torch==9', 'version asked for'],
    ["error: pathspec 'v9' did not match any file(s) known to git", 'no such commit'],
    ["fatal: repository '/x' does not exist", 'no git repository'],
    ["error: [Errno 13] Permission denied: '/x'", 'may not be written'],
    ['something odd', 'install.log'],
  ])('%s', (line, words) => {
    expect(failureWords('/a b/bin/git', 1, ['before', line])).toContain(words);
  });
});

describe('stillDone', () => {
  const request = installRequest.parse({ id: 'a' });

  it('goes on where it broke when the same is asked for', () => {
    expect(stillDone(request, ['source', 'environment'], { ...request })).toEqual(['source', 'environment']);
  });

  it.each([
    [{ commit: 'v2' }, []],
    [{ sha256: 'a'.repeat(64) }, []],
    [{ python: '/p' }, ['source']],
    [{ torchPackages: ['torch==1'] }, ['source', 'environment']],
    [{ with: ['requests'] }, ['source', 'environment', 'torch']],
    [{ env: { A: 'b' } }, ['source', 'environment', 'torch', 'requirements']],
  ])('does again what depends on %o', (changes, left) => {
    expect(stillDone(request, stepsOf(request), { ...request, ...changes })).toEqual(left);
  });

  it('takes two steps more for a copy, and those again when what it is of has changed', () => {
    const of = { engine: 'a', version: '2', unmet: [], base: '/b', packs: [], path: '/p' };
    const copy = { ...request, copyOf: { ...of, packages: ['numpy==1'] } };
    expect(stepsOf(copy)).toEqual(stepNames);
    const changed = { ...copy, copyOf: { ...of, packages: ['numpy==2'] } };
    expect(stillDone(copy, stepNames, changed)).toEqual(['source', 'environment', 'torch']);
  });
});
