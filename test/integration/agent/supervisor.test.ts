import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CrashReport } from '#shared/wire/crash.ts';
import { processStartTime } from '../../../electron/agent/engines/processes.ts';
import { Supervisor, supervisorTimings } from '../../../electron/agent/engines/supervisor.ts';
import { isRunning, processesOf } from '../../helpers/processes.ts';

const program = resolve(import.meta.dirname, 'programs/server.ts');
const log = pino({ level: 'silent' });

interface Reply {
  token: string;
  pid: number;
  child?: number;
  secret?: string;
}

const ask = async (url: string): Promise<Reply> =>
  (await fetch(url, { signal: AbortSignal.timeout(5000) })).json() as Promise<Reply>;

/** What a supervisor told, with waits for the next news. */
class News {
  readonly ups: string[] = [];
  readonly downs: (CrashReport & { final: boolean })[] = [];
  readonly lines: string[] = [];
  #waiting: (() => void)[] = [];

  readonly listener = {
    up: (url: string) => this.#add(() => this.ups.push(url)),
    down: (report: CrashReport, final: boolean) => this.#add(() => this.downs.push({ ...report, final })),
    line: (text: string) => this.#add(() => this.lines.push(text)),
  };

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((done) => this.#waiting.push(done));
  }

  #add(change: () => void): void {
    change();
    for (const done of this.#waiting.splice(0)) done();
  }
}

describe('Supervisor', () => {
  let folder = '';
  let news = new News();
  const made: Supervisor[] = [];

  const supervise = (mode: string, timings = {}): Supervisor => {
    const supervisor = new Supervisor(
      {
        name: 'The test server',
        recordPath: join(folder, 'engines', 'test.json'),
        logPath: join(folder, 'engines', 'test.log'),
        command: (token) => ({ file: process.execPath, args: [program, mode, token, folder] }),
        readAddress: (line) => /listening on (\S+)/.exec(line)?.[1],
        identify: async (url, token) => (await ask(url)).token === token,
      },
      log,
      { ...supervisorTimings, firstRestartMs: 10, mostRestartMs: 20, watchMs: 20, stopMs: 2000, ...timings },
    );
    made.push(supervisor);
    return supervisor;
  };

  const record = async (): Promise<{ pid: number; token: string; start_time: string }> =>
    JSON.parse(await readFile(join(folder, 'engines', 'test.json'), 'utf8'));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-supervisor-'));
    news = new News();
  });

  afterEach(async () => {
    await Promise.all(made.splice(0).map((one) => one.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('starts the program, tells its address, and leaves nothing after stop, grandchildren included', async () => {
    const supervisor = supervise('serve-with-child');
    await supervisor.start(news.listener);
    await news.until(() => news.ups.length === 1);
    const { pid, child } = await ask(news.ups[0]!);
    expect(await isRunning(child!)).toBe(true);
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(supervisor.mode).toBe('idle');
    expect(await isRunning(pid)).toBe(false);
    expect(await isRunning(child!)).toBe(false);
    await expect(record()).rejects.toThrow('ENOENT');
  });

  it('kills a program that ignores the request to end', async () => {
    const supervisor = supervise('deaf', { stopMs: 100 });
    await supervisor.start(news.listener);
    await news.until(() => news.ups.length === 1);
    const { pid } = await ask(news.ups[0]!);
    await supervisor.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('does not hand our secrets to the program', async () => {
    process.env.TEST_SECRET = 'open sesame';
    try {
      await supervise('serve').start(news.listener);
      await news.until(() => news.ups.length === 1);
      expect((await ask(news.ups[0]!)).secret).toBeUndefined();
    } finally {
      delete process.env.TEST_SECRET;
    }
  });

  it('starts a crashed program again and says how it ended', async () => {
    await supervise('serve').start(news.listener);
    await news.until(() => news.ups.length === 1);
    const first = await ask(news.ups[0]!);
    process.kill(first.pid, 'SIGKILL');
    await news.until(() => news.ups.length === 2);
    expect((await ask(news.ups[1]!)).pid).not.toBe(first.pid);
    expect(news.downs).toMatchObject([
      { cause: 'killed', what: expect.stringContaining('killed from outside'), final: false },
    ]);
  });

  it('gives up a program that falls over again and again, with its last words', async () => {
    const supervisor = supervise('fall-over', { loopLimit: 3 });
    await supervisor.start(news.listener);
    await news.until(() => news.downs.some((one) => one.final));
    expect(news.downs).toHaveLength(3);
    expect(news.downs[2]!.what).toContain('exit code 3');
    expect(news.downs[2]!.what).toContain('cannot open the shutters');
    expect(supervisor.mode).toBe('given-up');
  });

  it('says so when the program is not there', async () => {
    const supervisor = new Supervisor(
      {
        name: 'The test server',
        recordPath: join(folder, 'a.json'),
        logPath: join(folder, 'a.log'),
        command: () => ({ file: join(folder, 'no-such-program'), args: [] }),
        readAddress: () => undefined,
        identify: async () => false,
      },
      log,
      { ...supervisorTimings, loopLimit: 1 },
    );
    made.push(supervisor);
    await supervisor.start(news.listener);
    await news.until(() => news.downs.length === 1);
    expect(news.downs[0]).toMatchObject({ cause: 'not_found', what: expect.stringContaining('ENOENT') });
  });

  /** A server as a hard kill of the agent leaves it: running, in a group of its own, with a record. */
  async function leaveBehind(mode: string, changes: object): Promise<{ pid: number; url: string }> {
    const left = spawn(process.execPath, [program, mode, 'left-token', folder], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const line = await new Promise<string>((done) => left.stdout.once('data', (text) => done(String(text))));
    const url = /(http:\S+)/.exec(line)![1]!;
    const start_time = await processStartTime(left.pid!);
    await mkdir(join(folder, 'engines'));
    await writeFile(
      join(folder, 'engines', 'test.json'),
      JSON.stringify({ pid: left.pid, start_time, token: 'left-token', url, ...changes }),
    );
    return { pid: left.pid!, url };
  }

  it('takes over a program that an earlier run left, and ends it at stop', async () => {
    const left = await leaveBehind('serve', {});
    const supervisor = supervise('serve');
    await supervisor.start(news.listener);
    await news.until(() => news.ups.length === 1);
    expect(news.ups).toEqual([left.url]);
    await supervisor.stop();
    expect(await isRunning(left.pid)).toBe(false);
  });

  it('notices the end of a program it took over', async () => {
    const left = await leaveBehind('serve', {});
    await supervise('serve').start(news.listener);
    await news.until(() => news.ups.length === 1);
    process.kill(left.pid, 'SIGKILL');
    await news.until(() => news.ups.length === 2);
    expect(news.ups[1]).not.toBe(left.url);
  });

  it('ends one that it can not recognise by its token and starts its own', async () => {
    const left = await leaveBehind('serve', { token: 'another' });
    await supervise('serve').start(news.listener);
    await news.until(() => news.ups.length === 1);
    expect(news.ups[0]).not.toBe(left.url);
    expect(await isRunning(left.pid)).toBe(false);
  });

  it('ends one that answers no more, though it runs, and starts its own', async () => {
    const left = await leaveBehind('serve', {});
    process.kill(left.pid, 'SIGSTOP');
    await supervise('serve', { stopMs: 200 }).start(news.listener);
    await news.until(() => news.ups.length === 1);
    expect(news.ups[0]).not.toBe(left.url);
    expect(await isRunning(left.pid)).toBe(false);
  });

  it('leaves one alone that another Atelier keeps, and says so', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const keeper = { pid: other.pid, start_time: await processStartTime(other.pid!) };
    const left = await leaveBehind('serve', { keeper });
    await supervise('serve', { loopLimit: 1 }).start(news.listener);
    await news.until(() => news.downs.length === 1);
    expect(news.downs[0]).toMatchObject({
      cause: 'in_use',
      what: expect.stringContaining(`Another Atelier (process ${other.pid}) runs it.`),
      fix: 'End that one first.',
    });
    expect(await isRunning(left.pid)).toBe(true);
    other.kill('SIGKILL');
    process.kill(-left.pid, 'SIGKILL');
  });

  it('leaves no process when its record can not be written, as on a full disk', async () => {
    // A folder where the file must go fails as surely as a disk without space.
    await mkdir(join(folder, 'engines', 'test.json.new'), { recursive: true });
    await supervise('serve', { loopLimit: 1 }).start(news.listener);
    await news.until(() => news.downs.length === 1);
    expect(news.downs[0]!.what).toContain('could not be started');
    expect(await processesOf(folder)).toEqual([]);
  });

  it('tells whether its program computes', async () => {
    const supervisor = supervise('serve');
    await supervisor.start(news.listener);
    await news.until(() => news.ups.length === 1);
    await expect.poll(() => supervisor.worked(), { interval: 500, timeout: 10_000 }).toBe(false);
    await fetch(`${news.ups[0]}/compute`);
    expect(await supervisor.worked()).toBe(true);
  });

  it('leaves a process alone that only has the same number', async () => {
    const left = await leaveBehind('serve', { start_time: '1' });
    await supervise('serve').start(news.listener);
    await news.until(() => news.ups.length === 1);
    expect(news.ups[0]).not.toBe(left.url);
    expect(await isRunning(left.pid)).toBe(true);
    process.kill(-left.pid, 'SIGKILL');
  });
});
