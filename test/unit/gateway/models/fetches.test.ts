import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fetchModelRequest } from '#shared/wire/models.ts';
import type { Ask } from '../../../../electron/gateway/models/download.ts';
import { type FetchPorts, ModelFetches } from '../../../../electron/gateway/models/fetches.ts';
import { isPublicAddress } from '../../../../electron/gateway/models/public-address.ts';
import { safetensors, samples } from '../../shared/models/samples.ts';
import { Studio } from '../studio.ts';

const bytes = Buffer.from(
  safetensors({ 'encoder.conv_in.weight': [300_000], 'decoder.conv_in.weight': [1] }),
);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const soon = { timeout: 10_000, interval: 20 };

/** As the real one, but to this machine and without TLS. */
const askHere: Ask = (url, headers, signal) =>
  new Promise((done, failed) => {
    const sent = request(url, { headers, signal, agent: false });
    sent.on('response', done);
    sent.on('error', failed);
    sent.end();
  });

/** A server of model files that misbehaves when told to. */
class FileServer {
  readonly asked: { range: string | undefined; ifRange: string | undefined }[] = [];
  etag = '"one"';
  /** Breaks off after so many bytes, so often. */
  breaks = 0;
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Holds everything back until it is called. */
  readonly #server: Server;

  constructor() {
    this.#server = createServer((ask, response) => this.#serve(ask, response));
  }

  start(): Promise<void> {
    return new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #serve(ask: IncomingMessage, response: ServerResponse): void {
    const { range, 'if-range': ifRange } = ask.headers;
    this.asked.push({ range, ifRange: ifRange as string | undefined });
    if (this.answer) {
      this.answer(ask, response);
      return;
    }
    const from = range && ifRange === this.etag ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0;
    const rest = bytes.subarray(from);
    const headers = { etag: this.etag, 'content-length': rest.length };
    response.writeHead(from > 0 ? 206 : 200, headers);
    if (this.breaks > 0) {
      this.breaks -= 1;
      response.write(rest.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
    } else response.end(rest);
  }
}

let server: FileServer;

beforeEach(async () => {
  server = new FileServer();
  await server.start();
});
afterEach(() => server.stop());

async function open(ports: Partial<FetchPorts> = {}) {
  const studio = await Studio.open();
  const { store, objects, models, storage, identity } = studio.rooms;
  const log = pino({ level: 'silent' });
  const common = { store, objects, storage, library: models.library, clock: Date.now, log };
  const make = () =>
    new ModelFetches({
      ...{ ...common, ask: askHere, retryMs: 1, changed: () => undefined },
      folder: join(studio.folder, 'downloads'),
      ...ports,
    });
  const fetches = make();
  onTestFinished(() => fetches.stop());
  const allow = (max_storage_bytes: number) =>
    identity.features.set('team', studio.teamId, { quotas: { max_storage_bytes } });
  return { team: studio.teamId, library: models.library, objects, fetches, make, allow };
}

const wish = (fields: Record<string, unknown> = {}) => ({
  ...fetchModelRequest.parse({
    url: 'https://example.org/v.safetensors',
    model_type: 'vae',
    model_path: 'models/vae/v.safetensors',
    ...fields,
  }),
  url: `${server.url}/v.safetensors`,
});

const state = (fetches: ModelFetches, team: string) => expect.poll(() => fetches.list(team)[0], soon);

describe('a download of a model', () => {
  it('is not begun when the team may not keep so much', async () => {
    const { team, fetches, library, allow } = await open();
    await allow(bytes.length - 1);
    await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('there is no room for'),
    });
    expect(library.all(team)).toEqual([]);
    await allow(bytes.length);
    await fetches.retry(team, fetches.list(team)[0]?.id ?? '');
    await expect.poll(() => library.all(team), soon).toHaveLength(1);
  });

  it('ends in the library, with what its header says and where it came from', async () => {
    const { team, library, fetches } = await open();
    await fetches.add(team, wish({ file_hash: `sha256:${sha256.toUpperCase()}` }));
    await state(fetches, team).toMatchObject({
      state: 'done',
      error: '',
      received_bytes: bytes.length,
      total_bytes: bytes.length,
    });
    const [row] = library.all(team);
    expect(row).toMatchObject({ model_path: 'vae/v.safetensors', sha256, display_name: 'v.safetensors' });
    expect(row?.source_url).toBe(`${server.url}/v.safetensors`);
    expect(JSON.parse(row?.facts_json ?? '')).toMatchObject({ kind: 'vae' });
    expect(fetches.list(team)[0]?.model_id).toBe(row?.id);
  });

  it('goes on where the connection broke, however often', async () => {
    const { team, fetches } = await open();
    server.breaks = 2;
    await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({ state: 'done' });
    expect(server.asked).toHaveLength(3);
    expect(server.asked[1]).toEqual({ range: expect.stringMatching(/^bytes=\d{5,}-$/), ifRange: '"one"' });
  });

  it('begins anew when the file is another one by then', async () => {
    const { team, library, fetches } = await open();
    server.breaks = 1;
    server.answer = undefined;
    await fetches.add(team, wish());
    await expect.poll(() => server.asked.length, soon).toBe(1);
    server.etag = '"two"';
    await state(fetches, team).toMatchObject({ state: 'done' });
    expect(library.all(team)).toMatchObject([{ sha256 }]);
  });

  it('goes on after a restart of the gateway', async () => {
    const { team, library, fetches, make } = await open();
    server.answer = (_ask, response) => {
      response.writeHead(200, { etag: server.etag, 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100_000));
    };
    await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({ state: 'running', received_bytes: 100_000 });
    await fetches.stop();
    server.answer = undefined;
    const next = make();
    onTestFinished(() => next.stop());
    next.start();
    await state(next, team).toMatchObject({ state: 'done' });
    expect(server.asked.at(-1)?.range).toBe('bytes=100000-');
    expect(library.all(team)).toMatchObject([{ sha256 }]);
  });

  it('with another hash than was named is thrown away, and told', async () => {
    const { team, library, fetches } = await open();
    await fetches.add(team, wish({ file_hash: `sha256:${'0'.repeat(64)}` }));
    await state(fetches, team).toMatchObject({ state: 'failed', error: expect.stringContaining(sha256) });
    expect(library.all(team)).toEqual([]);
  });

  it.each([
    [404, {}, 'no such file'],
    [401, {}, 'account'],
    [200, { 'content-type': 'text/html' }, 'web page'],
  ] as const)(
    'answered with %i %o is told with what to do, without trying again',
    async (status, headers, words) => {
      const { team, fetches } = await open();
      server.answer = (_ask, response) => void response.writeHead(status, headers).end('<html>');
      await fetches.add(team, wish());
      await state(fetches, team).toMatchObject({ state: 'failed', error: expect.stringContaining(words) });
      expect(server.asked).toHaveLength(1);
    },
  );

  it('that is no whole model does not come into the library', async () => {
    const { team, library, fetches } = await open();
    server.answer = (_ask, response) => void response.end(samples.vae.slice(0, 50));
    await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('no whole model'),
    });
    expect(library.all(team)).toEqual([]);
  });

  it('is not begun when the disk has no space for it, and can be tried again', async () => {
    let free = 1_000_000_000;
    const { team, fetches } = await open({ free: async () => free });
    const id = await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({ state: 'failed', error: expect.stringContaining('too full') });
    free = 10_000_000_000;
    await fetches.retry(team, id);
    await expect.poll(() => fetches.list(team).find((one) => one.id === id)?.state, soon).toBe('done');
  });

  it('gives up a server that never answers, after some tries', async () => {
    const { team, fetches } = await open();
    server.answer = (ask) => void ask.socket.destroy();
    await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('broke off 8 times'),
    });
  });

  it('is ended and forgotten, of its own team only', async () => {
    const { team, fetches } = await open();
    server.answer = (_ask, response) => void response.writeHead(200).write('x');
    const id = await fetches.add(team, wish());
    await expect(fetches.add(team, wish())).rejects.toMatchObject({ code: 'conflict' });
    await expect(fetches.remove('other', id)).rejects.toMatchObject({ code: 'not_found' });
    await fetches.remove(team, id);
    expect(fetches.list(team)).toEqual([]);
  });

  it('follows where it leads, and not for ever', async () => {
    const { team, fetches } = await open();
    server.answer = (ask, response) => {
      if (ask.url !== '/v.safetensors') return response.end(bytes);
      return response.writeHead(302, { location: '/elsewhere' }).end();
    };
    await fetches.add(team, wish());
    await state(fetches, team).toMatchObject({ state: 'done' });
    server.answer = (_ask, response) => response.writeHead(302, { location: '/again' }).end();
    await fetches.add(team, wish({ model_path: 'vae/w.safetensors' }));
    await state(fetches, team).toMatchObject({ state: 'failed', error: expect.stringContaining('for ever') });
  });
});

it('more downloads than are fetched at once wait, and can be ended while they do', async () => {
  const { team, fetches } = await open();
  server.answer = (_ask, response) => void response.writeHead(200).write('x');
  const add = (n: number) => fetches.add(team, wish({ model_path: `vae/${n}.safetensors` }));
  const ids = [await add(1), await add(2), await add(3)];
  await expect.poll(() => server.asked.length, soon).toBe(2);
  await fetches.remove(team, ids[2] ?? '');
  await fetches.remove(team, ids[0] ?? '');
  expect(fetches.list(team)).toHaveLength(1);
});

describe('an address', () => {
  it.each(['8.8.8.8', '2606:4700::1111'])('%s is of the internet', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...[
      '224.0.0.1',
      '255.255.255.255',
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      '::ffff:127.0.0.1',
      '2002:7f00:1::',
    ],
    ...['64:ff9b::7f00:1', '2001:db8::1', 'nonsense', ''],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});
