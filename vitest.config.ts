import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const alias = { '#shared': resolve(import.meta.dirname, 'shared') };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          include: ['test/{unit,integration,desktop}/**/*.test.ts'],
          globalSetup: ['test/helpers/no-leftovers.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          pool: 'forks',
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'desk',
          include: ['test/e2e/**/*.test.ts'],
          // Browser tests open the built desk, so the build must be as new as the sources.
          globalSetup: ['test/helpers/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          pool: 'forks',
        },
      },
    ],
  },
});
