import { ComfyUiClient } from '../../../agent/engines/comfyui/client.ts';
import { adoptEngine, attachEngine } from '../../../agent/engines/registry/adding.ts';
import { discover as look } from '../../../agent/engines/registry/discover.ts';
import { HttpClient } from '../../../agent/http.ts';
import { type Call, launchOptionsOf, misused, pairs, quoted, say } from './shared.ts';

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

export async function attach({ registry, words: [url = ''], values }: Call): Promise<number> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw misused(`"${url}" is not an address such as http://127.0.0.1:8188.`);
  }
  const record = await attachEngine(registry, {
    ...{ url, headers: pairs(values.header, ':') },
    ...(values.name && { engine_id: values.name }),
  });
  if (record.kind !== 'attach') return 1;
  const { id, headers } = record;
  const http = new HttpClient();
  try {
    const stats = await new ComfyUiClient(http, record.url, headers).systemStats(AbortSignal.timeout(5000));
    say(`Added "${id}": ComfyUI ${stats.system.comfyui_version} at ${url}.`);
  } catch (error) {
    say(`Added "${id}", though nothing answers as ComfyUI at ${url} now (${(error as Error).message}).`);
  } finally {
    http.close();
  }
  say(`Use it: atelier serve --engine ${id}`);
  return 0;
}

/** Adds a folder as it is. */
export async function adopt(asked: Call): Promise<number> {
  const { registry, words, values } = asked;
  const record = await adoptEngine(registry, {
    ...{ path: words[0] ?? '', options: launchOptionsOf(asked), env: pairs(values.env, '=') },
    ...(values.name && { engine_id: values.name }),
    ...(values.python && { python: values.python }),
    ...(values.base && { base: values.base }),
  });
  say(`Added "${record.id}": ComfyUI ${record.source.version || 'of unknown version'} in ${record.path}.`);
  say(`Try it: atelier engine start ${record.id}    Use it: atelier serve --engine ${record.id}`);
  return 0;
}
