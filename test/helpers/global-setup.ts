import { spawnSync } from 'node:child_process';

/** End-to-end tests open the built desk, so the build must be as new as the sources. */
export default function setup(): void {
  const done = spawnSync(process.execPath, ['build/ensure-built.mjs'], { stdio: 'inherit' });
  if (done.status !== 0) throw new Error('the build failed');
}
