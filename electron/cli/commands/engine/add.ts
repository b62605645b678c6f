import { resolve } from 'node:path';
import { ComfyUiClient } from '../../../agent/engines/comfyui/client.ts';
import { offeredOptions } from '../../../agent/engines/launch/offered.ts';
import { optionProblems } from '../../../agent/engines/launch/options.ts';
import { lookAt } from '../../../agent/engines/registry/checkout.ts';
import { discover as look } from '../../../agent/engines/registry/discover.ts';
import { engineRecord } from '../../../agent/engines/registry/record.ts';
import { HttpClient } from '../../../agent/http.ts';
import { type Call, launchOptionsOf, misused, pairs, say } from './shared.ts';

/** Proposes what lies on this machine. */
export async function discover({ registry }: Call): Promise<number> {
  const found = await look();
  const known = new Set((await registry.list()).flatMap((one) => ('path' in one ? [one.path] : [])));
  for (const one of found) {
    say(
      `${one.path}\n  ${one.origin}, version ${one.source.version || 'unknown'}${known.has(one.path) ? ', already added' : ''}`,
    );
    const base = one.base ? ` --base ${quoted(one.base)}` : '';
    if (one.python)
      say(`  add it: atelier engine adopt ${quoted(one.path)} --python ${quoted(one.python)}${base}`);
    else say('  no Python beside it; add it with: atelier engine adopt … --python PATH');
  }
  if (found.length === 0)
    say('No ComfyUI in the usual places. Add one with "atelier engine adopt PATH", or install one.');
  return 0;
}

const quoted = (path: string): string => (/^[\w./\\:@-]+$/.test(path) ? path : JSON.stringify(path));

export async function attach({ registry, words: [url = ''], values }: Call): Promise<number> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw misused(`"${url}" is not an address such as http://127.0.0.1:8188.`);
  }
  const headers = pairs(values.header, ':');
  const id = values.name ?? (await registry.freeName(new URL(url).hostname));
  const record = engineRecord.parse({
    id,
    kind: 'attach',
    created: now(),
    url: url.replace(/\/+$/, ''),
    headers,
  });
  await registry.add(record);
  const http = new HttpClient();
  try {
    const stats = await new ComfyUiClient(http, url.replace(/\/+$/, ''), headers).systemStats(
      AbortSignal.timeout(5000),
    );
    say(`Added "${id}": ComfyUI ${stats.system.comfyui_version} at ${url}.`);
  } catch (error) {
    say(`Added "${id}", though nothing answers as ComfyUI at ${url} now (${(error as Error).message}).`);
  } finally {
    http.close();
  }
  say(`Use it: atelier serve --engine ${id}`);
  return 0;
}

/** Adds a folder as it is. Its own `main.py --help` is the proof that folder and Python belong together. */
export async function adopt(asked: Call): Promise<number> {
  const { registry, words, values } = asked;
  const folder = resolve(words[0] ?? '');
  const checkout = await lookAt(folder);
  if (!checkout)
    throw new Error(`${folder} is no ComfyUI: it has no main.py with a folder "comfy" beside it.`);
  const python = values.python ? resolve(values.python) : checkout.python;
  if (!python) {
    throw new Error(`No Python environment lies beside ${checkout.path}. Name its program with --python.`);
  }
  const id = values.name ?? (await registry.freeName(checkout.path.split(/[\\/]/).at(-1) ?? ''));
  const record = engineRecord.parse({
    ...{ id, kind: 'adopt', created: now(), path: checkout.path, python, source: checkout.source },
    ...{ options: launchOptionsOf(asked), env: pairs(values.env, '=') },
    ...(values.base && { base: resolve(values.base) }),
  });
  if (record.kind !== 'adopt') return 1;
  const problems = optionProblems(record.options, await offeredOptions(record, registry.files(id).offered));
  if (problems.length > 0) throw new Error(problems.join(' '));
  await registry.add(record);
  say(`Added "${id}": ComfyUI ${checkout.source.version || 'of unknown version'} in ${checkout.path}.`);
  say(`Try it: atelier engine start ${id}    Use it: atelier serve --engine ${id}`);
  return 0;
}

const now = (): string => new Date().toISOString();
