// The API document in docs/api is made from the routes and schemas, and committed so that a change of the API is seen
// in review. `--write` makes it anew; without it, a document that is not what the code says is a failure.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openApiDocument } from '../electron/gateway/http/documentation.ts';
import { nativeRoutes } from '../electron/gateway/surfaces/cyberun/index.ts';

const root = resolve(import.meta.dirname, '..');
const path = join(root, 'docs/api/openapi.json');
const mend = 'node_modules/.bin/node build/check-api.mjs --write';
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Routes only describe themselves here and are never called, so they need no rooms behind them.
const document = await openApiDocument((app) => nativeRoutes(app, {}), version);
const made = `${JSON.stringify(document, null, 2)}\n`;

if (process.argv.includes('--write')) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, made);
  console.log(`API: ${Object.keys(document.paths).length} paths written to docs/api/openapi.json`);
} else {
  const difference = firstDifference(committed(), made);
  if (difference) {
    console.error(`API: docs/api/openapi.json ${difference}`);
    console.error(`API: if the change is meant, run "${mend}" and commit the file.`);
    process.exit(1);
  }
}

function committed() {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function firstDifference(kept, now) {
  if (kept === undefined) return 'is missing.';
  if (kept === now) return undefined;
  const [before, after] = [kept.split('\n'), now.split('\n')];
  const line = after.findIndex((text, index) => text !== before[index]);
  const shown = line < 0 ? after.length : line;
  return `is not what the code says, first in line ${shown + 1}:\n  - ${before[shown]?.trim() ?? '(nothing)'}\n  + ${after[shown]?.trim() ?? '(nothing)'}`;
}
