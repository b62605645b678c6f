import { describe, expect, it } from 'vitest';
import { childEnvironment, exitWords } from '../../../../electron/agent/engines/processes.ts';

describe('exitWords', () => {
  it.each([
    [null, 'SIGKILL', 'memory runs out'],
    [null, 'SIGSEGV', 'crashed in native code (SIGSEGV)'],
    [null, 'SIGTERM', 'was ended by SIGTERM'],
    [3, null, 'exit code 3'],
  ] as const)('classifies code %s, signal %s', (code, signal, words) => {
    expect(exitWords('The engine', code, signal, ['first', 'last', ' '])).toContain(words);
  });

  it('repeats the last words', () => {
    expect(exitWords('The engine', 1, null, ['first', 'no space left', ''])).toContain(
      'Its last words: no space left',
    );
  });
});

describe('childEnvironment', () => {
  it('leaves out secrets and switches of Node, keeps the rest, adds what is given', () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      MY_SECRET: 'a',
      HF_TOKEN: 'b',
      NODE_OPTIONS: '--inspect',
      ATELIER_DATA: 'c',
      CUDA_VISIBLE_DEVICES: '1',
    });
    try {
      const made = childEnvironment({ EXTRA: 'yes' });
      expect(made).toMatchObject({ CUDA_VISIBLE_DEVICES: '1', EXTRA: 'yes', PATH: before.PATH });
      for (const name of ['MY_SECRET', 'HF_TOKEN', 'NODE_OPTIONS', 'ATELIER_DATA'])
        expect(made).not.toHaveProperty(name);
    } finally {
      process.env = before;
    }
  });
});
