// Files over 300 lines are a warning, over 500 a failure (tests 800): a long file hides a missing idea.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const limits = { source: { warn: 300, fail: 500 }, test: { warn: 500, fail: 800 } };

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.(ts|tsx|css)$/.test(entry.name)) yield path;
  }
}

let failed = false;
for (const folder of ['electron', 'renderer', 'shared', 'test']) {
  const { warn, fail } = folder === 'test' ? limits.test : limits.source;
  for (const path of files(join(root, folder))) {
    const lines = readFileSync(path, 'utf8').split('\n').length - 1;
    if (lines > fail) {
      console.error(
        `too long: ${relative(root, path)} has ${lines} lines (limit ${fail}); find the missing idea`,
      );
      failed = true;
    } else if (lines > warn) console.warn(`long: ${relative(root, path)} has ${lines} lines`);
  }
}
process.exit(failed ? 1 : 0);
