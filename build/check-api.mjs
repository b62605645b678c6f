// The API document in docs/api is made from the routes and schemas, and committed so that a change of the API is seen
// in review; so is shared/operations.ts, by which clients name an endpoint instead of writing its address again.
// `--write` makes both anew; without it, one that is not what the code says is a failure.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openApiDocument } from '../electron/gateway/http/documentation.ts';
import { nativeRoutes } from '../electron/gateway/surfaces/cyberun/index.ts';

const root = resolve(import.meta.dirname, '..');
const mend = 'node_modules/.bin/node build/check-api.mjs --write';
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Routes only describe themselves here and are never called, so they need no rooms behind them.
const document = await openApiDocument((app) => nativeRoutes(app, {}), version);
const files = {
  'docs/api/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'shared/operations.ts': operationsOf(document),
};

for (const [name, made] of Object.entries(files)) {
  const path = join(root, name);
  if (process.argv.includes('--write')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, made);
    console.log(`API: ${name} written`);
    continue;
  }
  const difference = firstDifference(committed(path), made);
  if (difference) {
    console.error(`API: ${name} ${difference}`);
    console.error(`API: if the change is meant, run "${mend}" and commit the file.`);
    process.exitCode = 1;
  }
}

/** Every endpoint by its operationId. */
function operationsOf({ paths }) {
  const entries = Object.entries(paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `  ${operationId}: ['${method.toUpperCase()}', '${address}'],`,
    ),
  );
  return `// Made by build/check-api.mjs from the routes. Do not edit.

/** Method and path, below \`/api/v1\`, of every endpoint of the native API by its operationId. */
export const operations = {
${entries.sort().join('\n')}
} as const;
`;
}

function committed(path) {
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
