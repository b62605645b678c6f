import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchOptions } from '#shared/wire/engines.ts';
import type { LaunchableRecord } from '../../../electron/agent/engines/registry/record.ts';
import { EngineRegistry } from '../../../electron/agent/engines/registry/registry.ts';
import { processesOf } from '../../helpers/processes.ts';

const program = resolve(import.meta.dirname, 'programs/fake-comfyui.mjs');

/** A checkout whose `main.py` Node can run, and a registry beside it; both in a folder with blanks and accents. */
export class FakeComfyUi {
  readonly folder: string;
  readonly registry: EngineRegistry;
  readonly record: LaunchableRecord;

  private constructor(folder: string) {
    this.folder = folder;
    this.registry = new EngineRegistry(join(folder, 'data'));
    this.record = {
      id: 'fake',
      kind: 'adopt',
      created: new Date().toISOString(),
      state: 'ready',
      serves: false,
      apart: false,
      path: join(folder, 'Comfy UI é'),
      python: process.execPath,
      options: launchOptions.parse({}),
      env: {},
      source: { version: '', commit: '' },
    };
  }

  static async make(): Promise<FakeComfyUi> {
    const fake = new FakeComfyUi(await mkdtemp(join(tmpdir(), 'atelier fake ü ')));
    await mkdir(fake.record.path);
    const main = `import(${JSON.stringify(program)});\n`;
    await writeFile(join(fake.record.path, 'main.py'), main);
    return fake;
  }

  /** How its next start behaves. */
  misbehave(mode: string): Promise<void> {
    return writeFile(join(this.record.path, 'mode'), mode);
  }

  /** Living processes that name this folder in their arguments or work in it, counted from /proc. */
  processes(): Promise<string[]> {
    return processesOf(this.folder);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
