import { type FSWatcher, fstatSync, ftruncateSync, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

const chunkBytes = 64 * 1024;
/** Past this the log begins anew; what it held is kept once, as `oldLog`. */
const mostBytes = 20 * 1024 * 1024;
/** An engine that prints faster than anybody can follow: what lies so far back is left out. */
const mostBehind = 8 * 1024 * 1024;
const caughtUpBytes = 1024 * 1024;
const longestLine = 4000;
const copyBytes = 1024 * 1024;
/** After so many an engine that still prints loses a moment of it. */
const mostRounds = 30;

/** Where the log before this one lies. */
export const oldLog = (path: string): string => `${path}.1`;

/**
 * Follows a log file line by line. Engines write into a file rather than a pipe, because a pipe breaks when we are
 * killed, and an engine that can't print any more falls over; a file also lets the next agent read on.
 */
export class LogTail {
  readonly #path: string;
  readonly #line: (text: string) => void;
  readonly #buffer = Buffer.alloc(chunkBytes);
  #file: FileHandle | undefined;
  #watcher: FSWatcher | undefined;
  #offset = 0;
  #rest = '';
  #decoder = new StringDecoder('utf8');
  #reading = Promise.resolve();
  #next: Promise<void> | undefined;

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

  /** Reads what is there by now. However often it is asked for, at most one reading waits for the one under way. */
  catchUp(): Promise<void> {
    this.#next ??= this.#reading.then(async () => {
      this.#next = undefined;
      await this.#read().catch(() => undefined);
    });
    this.#reading = this.#next;
    return this.#next;
  }

  /** As far as it goes at this moment: an engine may print faster than we read. */
  async #read(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    const { size } = await file.stat();
    if (size < this.#offset) this.#jump(0);
    await this.#tellFrom(file, this.#offset, size);
    if (this.#offset > mostBytes) await this.#beginAnew(file);
  }

  /** Tells what a file holds between two places; of too much only the end. */
  async #tellFrom(file: FileHandle, from: number, to: number): Promise<void> {
    this.#offset = from;
    if (to - from > mostBehind) this.#leaveOut(to - caughtUpBytes);
    while (this.#offset < to) {
      const wanted = Math.min(chunkBytes, to - this.#offset);
      const { bytesRead } = await file.read(this.#buffer, 0, wanted, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.#tell(this.#decoder.write(this.#buffer.subarray(0, bytesRead)));
    }
  }

  /** A progress bar ends its lines with a carriage return only. */
  #tell(text: string): void {
    const lines = (this.#rest + text).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (line !== '') this.#line(line.slice(0, longestLine));
  }

  #leaveOut(offset: number): void {
    const megabytes = Math.round((offset - this.#offset) / 1024 ** 2);
    this.#jump(offset);
    this.#line(`… ${megabytes} MB of the log came too fast to follow and are left out here …`);
  }

  #jump(offset: number): void {
    this.#offset = offset;
    this.#rest = '';
    this.#decoder = new StringDecoder('utf8');
  }

  /**
   * The engine appends, so it goes on from the new start by itself. What it prints meanwhile is copied too, until there
   * is nothing more for a moment: its last words must not be the ones that are lost. A full disk keeps no copy, but gets
   * its space back.
   */
  async #beginAnew(file: FileHandle): Promise<void> {
    const copy = await open(oldLog(this.#path), 'w+', 0o600).catch(() => undefined);
    try {
      const kept = copy && (await this.#copyNewest(file, copy).catch(() => undefined));
      ftruncateSync(file.fd);
      if (copy && kept) await this.#tellFrom(copy, Math.max(0, this.#offset - kept.begin), kept.length);
    } finally {
      this.#offset = 0;
      await copy?.close();
    }
  }

  /** Copies the newest part of the log: `length` bytes, from its place `begin` on. */
  async #copyNewest(file: FileHandle, copy: FileHandle): Promise<{ begin: number; length: number }> {
    const begin = Math.max(0, (await file.stat()).size - mostBytes);
    let [from, length] = [begin, 0];
    for (let round = 0; round < mostRounds; round += 1) {
      const { size } = fstatSync(file.fd);
      if (size === from) break;
      // The first takes all, the others what was printed meanwhile; the end of it when that is much.
      if (round > 0 && size - from > caughtUpBytes) {
        length += (await copy.write('\n… what came here was too fast to be kept …\n', length)).bytesWritten;
        from = size - caughtUpBytes;
      }
      const done = await this.#copy(file, from, copy, length, size - from);
      [from, length] = [from + done, length + done];
    }
    return { begin, length };
  }

  async #copy(
    source: FileHandle,
    from: number,
    target: FileHandle,
    to: number,
    length: number,
  ): Promise<number> {
    const buffer = Buffer.alloc(copyBytes);
    let done = 0;
    while (done < length) {
      const wanted = Math.min(copyBytes, length - done);
      const { bytesRead } = await source.read(buffer, 0, wanted, from + done);
      if (bytesRead === 0) break;
      await target.write(buffer, 0, bytesRead, to + done);
      done += bytesRead;
    }
    return done;
  }
}
