// `npm run check`: everything but the tests. One step fails, all fail; each says how to mend it.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules/.bin', name);

const steps = [
  ['format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  [
    'promises',
    bin('oxlint'),
    ['-c', 'build/oxlint.json', '--type-aware', 'electron', 'shared', 'renderer', 'test'],
  ],
  ['sizes', process.execPath, ['build/check-sizes.mjs']],
  [
    'build',
    process.execPath,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'],
  ],
  ['desk size', process.execPath, ['build/check-bundle.mjs']],
  ['API drift', process.execPath, ['build/check-api.mjs']],
  [
    'API rules',
    bin('redocly'),
    ['lint', 'docs/api/openapi.json', '--config', 'build/redocly.yaml', '--format', 'stylish'],
  ],
];

// The API's linter would tell its makers that it ran, and us that there is a newer one.
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

for (const [name, command, args] of steps) {
  const started = performance.now();
  const run = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (run.status !== 0) {
    console.error(`check: ${name} failed (${seconds} s)`);
    process.exit(1);
  }
  console.log(`check: ${name} ok (${seconds} s)`);
}
