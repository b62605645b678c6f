import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readImageSize } from '#shared/image-size.ts';

/** A picture to be drawn small. */
export interface Drawing {
  readonly bytes: Uint8Array;
}

export interface Drawn {
  readonly width: number;
  readonly height: number;
  /** WebP, at most 320 and 640 pixels on the longer side. */
  readonly small: Uint8Array;
  readonly large: Uint8Array;
  readonly placeholder: string;
  readonly colour: string;
}

/** Decoded, a picture takes four bytes a pixel, however small its file is. */
const mostPixels = 100_000_000;
const idleMs = 20_000;
const drawMs = 30_000;

/** The program lies beside this file, and beside the bundle that this file ends up in. */
function program(): string {
  const built = join(import.meta.dirname, 'thumbnails.js');
  return existsSync(built) ? built : join(import.meta.dirname, 'thumbnail-program.ts');
}

/** As little as a program needs to start: no keys, no proxies. */
function environment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMPDIR', 'LD_LIBRARY_PATH'];
  const env = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  return process.versions.electron ? { ...env, ELECTRON_RUN_AS_NODE: '1' } : env;
}

/** Has pictures drawn small, one after another, by a program of its own that ends when there is nothing to draw. */
export class Painter {
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #stopped = false;

  /** @returns `undefined` for what is no picture that can be drawn, or one that is too large to be */
  draw(bytes: Uint8Array): Promise<Drawn | undefined> {
    const size = readImageSize(bytes);
    if (!size || size.width * size.height > mostPixels || size.width * size.height === 0)
      return Promise.resolve(undefined);
    const drawn = this.#last.then(() => (this.#stopped ? undefined : this.#ask(bytes)));
    this.#last = drawn.catch(() => undefined);
    return drawn;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#end();
    await this.#last;
  }

  #ask(bytes: Uint8Array): Promise<Drawn | undefined> {
    clearTimeout(this.#idle);
    const child = this.#start();
    return new Promise((done) => {
      const settle = (drawn: Drawn | undefined): void => {
        clearTimeout(late);
        child.off('message', told).off('exit', gone);
        this.#rest();
        done(drawn);
      };
      const told = (message: unknown): void => settle((message as { drawn?: Drawn }).drawn);
      const gone = (): void => settle(undefined);
      const late = setTimeout(() => child.kill('SIGKILL'), drawMs);
      child.once('message', told).once('exit', gone);
      child.send({ bytes } satisfies Drawing, (error) => error && gone());
    });
  }

  #start(): ChildProcess {
    if (this.#child) return this.#child;
    const child = fork(program(), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: environment(),
      execArgv: [],
    });
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    child.on('error', () => child.kill('SIGKILL'));
    this.#child = child;
    return child;
  }

  #rest(): void {
    this.#idle = setTimeout(() => this.#end(), idleMs);
    this.#idle.unref();
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
