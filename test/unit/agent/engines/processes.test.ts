import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../../../electron/agent/engines/processes.ts';

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
