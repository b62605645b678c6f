import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';

const chunkBytes = 64 * 1024;
const mostBytes = 20 * 1024 * 1024;

/**
 * Follows a log file line by line. Engines write into a file rather than a pipe, because a pipe breaks when we are
 * killed, and an engine that can't print any more falls over; a file also lets the next agent read on.
 */
export class LogTail {
  readonly #path: string;
  readonly #line: (text: string) => void;
  #file: FileHandle | undefined;
  #watcher: FSWatcher | undefined;
  #offset = 0;
  #rest = '';
  #reading = Promise.resolve();

  constructor(path: string, line: (text: string) => void) {
    this.#path = path;
    this.#line = line;
  }

  /** Begins at the start of the file, or at its present end. */
  async start(from: 'start' | 'end'): Promise<void> {
    // Makes the file when somebody has cleared it away.
    this.#file = await open(this.#path, 'a+', 0o600);
    if (from === 'end') this.#offset = (await this.#file.stat()).size;
    this.#watcher = watch(this.#path, () => void this.catchUp());
    await this.catchUp();
  }

  async stop(): Promise<void> {
    this.#watcher?.close();
    await this.catchUp();
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Reads what is there by now. */
  catchUp(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read()).catch(() => undefined);
    return this.#reading;
  }

  async #read(): Promise<void> {
    if (!this.#file) return;
    if ((await this.#file.stat()).size < this.#offset) this.#offset = 0;
    const buffer = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, chunkBytes, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      const lines = (this.#rest + buffer.toString('utf8', 0, bytesRead)).split(/\r?\n/);
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#line(line.slice(0, 4000));
    }
    // The engine appends, so it goes on from the new start by itself.
    if (this.#offset > mostBytes) await truncate(this.#path);
  }
}
