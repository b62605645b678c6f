import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../../electron/agent/engines/install/download.ts';

const first = Buffer.alloc(3_000_000, 'first ');
const second = Buffer.alloc(2_000_000, 'second ');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A server of files that breaks off on request, and remembers what it was asked. */
class Files {
  readonly asked: string[] = [];
  bytes = first;
  etag: string | undefined = '"one"';
  /** The connection breaks after so many bytes of the next answers. */
  breakAfter: number | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request.headers.range ?? 'all');
      if (request.url === '/moved.zip') return response.writeHead(302, { location: '/a b.zip?x=1' }).end();
      if (request.url === '/round.zip') return response.writeHead(302, { location: '/round.zip' }).end();
      if (request.url === '/none.zip') return response.writeHead(404).end('no');
      const from = this.#from(request);
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': this.bytes.length - from,
        ...(this.etag && { etag: this.etag }),
        ...(from > 0 && { 'content-range': `bytes ${from}-${this.bytes.length - 1}/${this.bytes.length}` }),
      });
      if (this.breakAfter === undefined) return response.end(this.bytes.subarray(from));
      response.write(this.bytes.subarray(from, from + this.breakAfter), () => response.destroy());
    });
  }

  #from(request: IncomingMessage): number {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    return request.headers['if-range'] === this.etag ? from : 0;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }
  at(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }
  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => {
      this.#server.close(() => done());
    });
  }
}

describe('a download', () => {
  let files: Files;
  let folder = '';
  const lines: string[] = [];
  const context = {
    logPath: '',
    signal: new AbortController().signal,
    line: (text: string) => void lines.push(text),
  };
  const fetchIt = (name = 'a%20b.zip', hash?: string) =>
    download({ url: files.at(name), folder, sha256: hash }, context);

  beforeEach(async () => {
    files = new Files();
    await files.start();
    folder = await mkdtemp(join(tmpdir(), 'atelier-download-'));
    lines.length = 0;
  });
  afterEach(async () => {
    await files.stop();
    await rm(folder, { recursive: true });
  });

  it('comes whole, over a redirect, under the name in its address, and is not fetched twice', async () => {
    const path = await fetchIt('moved.zip', sha256(first).toUpperCase());
    expect(path).toBe(join(folder, 'moved.zip'));
    expect(await readFile(path)).toEqual(first);
    expect(lines).toContain('1.0 of 3.0 MB');
    expect(await readdir(folder)).toEqual(['moved.zip']);
    await fetchIt('moved.zip', sha256(first));
    expect(files.asked).toEqual(['all', 'all']);
  });

  it('goes on where the connection broke', async () => {
    files.breakAfter = 1_200_000;
    await expect(fetchIt()).rejects.toThrow(
      /The connection broke after 1\.\d of 3\.0 MB.*goes on from there/,
    );
    const [part] = (await readdir(folder)).filter((name) => name.endsWith('.part'));
    const { length } = await readFile(join(folder, part ?? ''));
    expect(length).toBeGreaterThan(0);
    files.breakAfter = undefined;
    expect(await readFile(await fetchIt())).toEqual(first);
    expect(files.asked).toEqual(['all', `bytes=${length}-`]);
    expect(await readdir(folder)).toEqual(['a-b.zip']);
  });

  it.each([
    ['has changed meanwhile', '"two"'],
    ['can not be told apart', undefined],
    ['is only weakly named', 'W/"one"'],
  ])('begins anew when the file %s', async (_name, etag) => {
    files.breakAfter = 1_200_000;
    if (etag !== '"two"') files.etag = etag;
    await expect(fetchIt()).rejects.toThrow('broke');
    files.breakAfter = undefined;
    [files.bytes, files.etag] = [second, etag];
    expect(await readFile(await fetchIt())).toEqual(second);
  });

  it('is deleted when it is not the file that was meant', async () => {
    await expect(fetchIt('a.zip', sha256(second))).rejects.toThrow(`not ${sha256(second)}`);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([]);
    files.bytes = second;
    expect(await readFile(await fetchIt('a.zip', sha256(second)))).toEqual(second);
  });

  it('says what the server answered, and who did not', async () => {
    await expect(fetchIt('none.zip')).rejects.toThrow('answered 404');
    await expect(fetchIt('round.zip')).rejects.toThrow('leads on for ever');
    const url = files.at('a.zip');
    await files.stop();
    await expect(download({ url, folder }, context)).rejects.toThrow('did not answer (ECONNREFUSED)');
    await files.start();
  });

  it('ends when it is not wanted any more', async () => {
    await writeFile(join(folder, 'unrelated'), '');
    const quit = new AbortController();
    quit.abort();
    const gone = download({ url: files.at('a.zip'), folder }, { ...context, signal: quit.signal });
    await expect(gone).rejects.toThrow('It was interrupted');
  });
});
