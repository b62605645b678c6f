// Builds out/ when it is missing or older than the sources, so that no command ever runs stale code.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const sources = ['electron', 'renderer', 'shared', 'electron.vite.config.ts', 'package-lock.json'];
const built = ['out/main/cli.js', 'out/preload/index.cjs', 'out/renderer/index.html'];

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const changed = Math.max(...sources.map((path) => newest(join(root, path))));
const fresh = built.every((path) => {
  const file = join(root, path);
  return existsSync(file) && statSync(file).mtimeMs >= changed;
});

if (!fresh) {
  process.stderr.write('Building Atelier (needed once after a change) …\n');
  const cli = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const done = spawnSync(process.execPath, [cli, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout}${done.stderr}\nThe build failed; see above.\n`);
    process.exit(1);
  }
}
