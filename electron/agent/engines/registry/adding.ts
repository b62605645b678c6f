import { resolve } from 'node:path';
import type { z } from 'zod';
import type { adoptWish, attachWish } from '#shared/wire/engine-adding.ts';
import { offeredOptions } from '../launch/offered.ts';
import { optionProblems } from '../launch/options.ts';
import { lookAt } from './checkout.ts';
import { type EngineRecord, engineRecord, isLaunchable, type LaunchableRecord } from './record.ts';
import type { EngineRegistry } from './registry.ts';

type Attach = Omit<z.infer<typeof attachWish>, 'kind'>;
type Adopt = Omit<z.infer<typeof adoptWish>, 'kind'>;

const now = (): string => new Date().toISOString();

/** Adds a server that others run. It need not answer yet. */
export async function attachEngine(registry: EngineRegistry, wish: Attach): Promise<EngineRecord> {
  const { url, headers = {} } = wish;
  const id = wish.engine_id ?? (await registry.freeName(new URL(url).hostname));
  const plain = url.replace(/\/+$/, '');
  const record = engineRecord.parse({ id, kind: 'attach', created: now(), url: plain, headers });
  await registry.add(record);
  return record;
}

/** Adds a folder as it is. Its own `main.py --help` is the proof that folder and Python belong together. */
export async function adoptEngine(registry: EngineRegistry, wish: Adopt): Promise<LaunchableRecord> {
  const folder = resolve(wish.path);
  const checkout = await lookAt(folder);
  if (!checkout)
    throw new Error(`${folder} is no ComfyUI: it has no main.py with a folder "comfy" beside it.`);
  const python = wish.python ? resolve(wish.python) : checkout.python;
  if (!python)
    throw new Error(
      `No Python environment lies beside ${checkout.path}. Name its program with --python (on the desk: the field “Python”).`,
    );
  const id = wish.engine_id ?? (await registry.freeName(checkout.path.split(/[\\/]/).at(-1) ?? ''));
  const { path, source } = checkout;
  const base = wish.base && resolve(wish.base);
  const same = (one: EngineRecord): boolean =>
    isLaunchable(one) && one.path === path && (one.base ?? one.path) === (base ?? path);
  const record = engineRecord.parse({
    ...{ id, kind: 'adopt', created: now(), path, python, source, options: wish.options, env: wish.env },
    ...{ base, apart: (await registry.list()).some(same) },
  }) as LaunchableRecord;
  const problems = optionProblems(record.options, await offeredOptions(record, registry.files(id).offered));
  if (problems.length > 0) throw new Error(problems.join(' '));
  await registry.add(record);
  return record;
}
