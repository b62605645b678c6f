import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../helpers/processes.ts';
import { type RunningProgram, startProgram } from '../../helpers/programs.ts';
import { Bench, probeGraph, tinyGraph } from './support.ts';

const serverProgram = resolve(import.meta.dirname, 'programs/server.ts');
const agentProgram = resolve(import.meta.dirname, 'programs/agent.ts');

describe('when something is killed', () => {
  let bench: Bench;
  let program: RunningProgram | undefined;

  /** The agent as a process of its own on the bench's folder. */
  const startAgentProgram = async (): Promise<RunningProgram> => {
    const { log: _log, ...options } = bench.options();
    program = await startProgram([process.execPath, agentProgram, JSON.stringify(options)], 'agent is up');
    return program;
  };
  const enginePid = async (): Promise<number> => {
    const text = await readFile(join(bench.dataDir, 'agent/engines/starter.json'), 'utf8');
    return (JSON.parse(text) as { pid: number }).pid;
  };
  const saved = (): Promise<string[]> => readdir(join(bench.dataDir, 'agent/engines/starter/output'));
  const journal = (): Promise<string[]> => readdir(join(bench.dataDir, 'agent/attempts'));

  beforeEach(async () => {
    bench = await Bench.prepare();
  });
  afterEach(async () => {
    if (program) {
      await program.end('SIGKILL');
      program = undefined;
      // Ends the engine that the killed agent left, by taking it over first.
      await bench.startAgain();
    }
    await bench.stop();
  });

  it('fails a run whose engine dies, in words, and runs the staged one on the next engine', async () => {
    await bench.startAgain();
    const { gateway } = bench;
    const running = gateway.assign(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    const staged = gateway.assign(tinyGraph(1));
    await gateway.hear(running.attempt_id, 'preview');
    await gateway.hear(staged.attempt_id, 'received');
    process.kill(await enginePid(), 'SIGKILL');
    expect((await gateway.hear(running.attempt_id, 'failed')).failure).toMatchObject({
      code: 'engine_crashed',
      retryable: true,
      message: expect.stringContaining('killed from outside'),
      node_id: '2',
      details: {
        cause: 'killed',
        what: expect.stringContaining(
          'It was executing node "The probe" (EngineProbe, node 2) of the node pack "engine-probe".',
        ),
        fix: expect.stringMatching(/\.$/),
      },
    });
    expect(gateway.heard).toContainEqual(
      expect.objectContaining({
        engine: expect.objectContaining({ state: 'crashed', cause: 'killed', fix: expect.any(String) }),
      }),
    );
    await gateway.hear(staged.attempt_id, 'completed');
    expect(gateway.about(staged.attempt_id, 'accepted')).toHaveLength(1);
  });

  it('fails a run that ends its engine by itself', async () => {
    await bench.startAgain();
    const order = bench.gateway.assign(probeGraph('exit'));
    expect((await bench.gateway.hear(order.attempt_id, 'failed')).failure).toMatchObject({
      code: 'engine_crashed',
      message: expect.stringContaining('exit code 3'),
    });
    await bench.gateway.hear(bench.gateway.assign(tinyGraph(2)).attempt_id, 'completed');
  });

  it('gives an attempt back when the engine can not be started', async () => {
    await bench.startAgain({ kind: 'starter', command: [process.execPath, serverProgram, 'fall-over'] });
    const { gateway } = bench;
    const order = gateway.assign(tinyGraph(1));
    expect(await gateway.end(order.attempt_id)).toMatchObject({
      type: 'declined',
      reason: expect.stringContaining('cannot open the shutters'),
    });
    expect(gateway.heard.findLast((one) => one.type === 'engine_state')).toMatchObject({
      engine: { state: 'crashed', reason: expect.stringContaining('exit code 3') },
    });
  });

  it('carries a run on after a kill of the agent, without executing it twice', async () => {
    const { gateway } = bench;
    await startAgentProgram();
    const running = gateway.assign(probeGraph('ok', { steps: 30, seconds: 0.1 }));
    const staged = gateway.assign(tinyGraph(3));
    await gateway.hear(running.attempt_id, 'preview');
    await gateway.hear(staged.attempt_id, 'received');
    const engine = await enginePid();
    await program!.end('SIGKILL');
    await startAgentProgram();
    await gateway.until(() => gateway.hellos === 2);
    const hello = gateway.heard.findLast((one) => one.type === 'hello')!;
    expect(hello.type === 'hello' && hello.attempts.map((one) => one.phase).toSorted()).toEqual([
      'running',
      'staged',
    ]);
    await gateway.hear(running.attempt_id, 'completed');
    await gateway.hear(staged.attempt_id, 'completed');
    expect(await enginePid()).toBe(engine);
    expect((await saved()).toSorted()).toEqual(['probe_00001_.png', 'tiny_00001_.png']);
    await gateway.until(() => gateway.about(staged.attempt_id, 'completed').length === 1);
  });

  it('collects a run that ended while the agent was dead', async () => {
    const { gateway } = bench;
    await startAgentProgram();
    const order = gateway.assign(probeGraph('ok', { steps: 10, seconds: 0.05 }));
    await gateway.hear(order.attempt_id, 'accepted');
    await program!.end('SIGKILL');
    while ((await saved()).length === 0) await new Promise((done) => setTimeout(done, 20));
    await startAgentProgram();
    const { outputs } = await gateway.hear(order.attempt_id, 'completed');
    expect(outputs).toMatchObject([{ name: 'probe_00001_.png', node_id: '3', width: 32 }]);
    expect(await saved()).toEqual(['probe_00001_.png']);
  });

  it('says again how a run ended when nobody had acknowledged it, without executing it again', async () => {
    const { gateway } = bench;
    await startAgentProgram();
    await gateway.until(() => gateway.hellos === 1);
    gateway.silent = true;
    const order = gateway.assign(tinyGraph(4));
    const first = await gateway.hear(order.attempt_id, 'completed');
    await program!.end('SIGKILL');
    gateway.silent = false;
    await startAgentProgram();
    await gateway.until(() => gateway.about(order.attempt_id, 'completed').length === 2);
    expect(gateway.about(order.attempt_id, 'completed')[1]!.outputs).toEqual(first.outputs);
    expect(await saved()).toEqual(['tiny_00001_.png']);
    while ((await journal()).length > 0) await new Promise((done) => setTimeout(done, 20));
  });

  it('does not claim what the engine no longer knows', async () => {
    const { gateway } = bench;
    await startAgentProgram();
    const order = gateway.assign(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    await gateway.hear(order.attempt_id, 'accepted');
    const engine = await enginePid();
    await program!.end('SIGKILL');
    process.kill(-engine, 'SIGKILL');
    await startAgentProgram();
    await gateway.until(() => gateway.hellos === 2);
    expect(gateway.heard.findLast((one) => one.type === 'hello')).toMatchObject({ attempts: [] });
    expect(await journal()).toEqual([]);
  });

  it('goes on with a run while the link is cut, and tells all of it afterwards', async () => {
    await bench.startAgain();
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { steps: 10, seconds: 0.05 }));
    await gateway.hear(order.attempt_id, 'accepted');
    gateway.cut();
    await gateway.hear(order.attempt_id, 'completed');
    expect(gateway.hellos).toBe(2);
    for (const type of ['received', 'accepted', 'completed'] as const)
      expect(gateway.about(order.attempt_id, type)).toHaveLength(1);
    expect(await saved()).toEqual(['probe_00001_.png']);
  });

  it('ends a run that the gateway gave up meanwhile, without a word', async () => {
    await bench.startAgain();
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    await gateway.hear(order.attempt_id, 'preview');
    gateway.drop.push(order.attempt_id);
    gateway.cut();
    // The engine is free again, so the next one runs to its end.
    await gateway.until(() => gateway.hellos === 2);
    await gateway.hear(gateway.assign(tinyGraph(5)).attempt_id, 'completed');
    expect(gateway.about(order.attempt_id, 'cancelled')).toEqual([]);
    expect(gateway.about(order.attempt_id, 'completed')).toEqual([]);
    while ((await journal()).length > 0) await new Promise((done) => setTimeout(done, 20));
  });

  it('leaves no process after a stop in the middle of a run, and gives the attempt back', async () => {
    await bench.startAgain();
    const order = bench.gateway.assign(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    await bench.gateway.hear(order.attempt_id, 'preview');
    const engine = await enginePid();
    await Promise.all([bench.agent?.stop(), bench.agent?.stop()]);
    expect(await isRunning(engine)).toBe(false);
    expect(await bench.gateway.end(order.attempt_id)).toMatchObject({
      type: 'declined',
      reason: 'Atelier was stopped there in the middle of it.',
    });
    expect(bench.gateway.about(order.attempt_id, 'failed')).toEqual([]);
    expect(await journal()).toEqual([]);
  });

  it('gives an attempt back at the next start when the gateway was away at the stop', async () => {
    await bench.startAgain();
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    await gateway.hear(order.attempt_id, 'preview');
    gateway.silent = true;
    await bench.agent?.stop();
    expect(await journal()).toEqual([`${order.attempt_id}.json`]);
    gateway.silent = false;
    await bench.startAgain();
    await gateway.until(() => gateway.about(order.attempt_id, 'declined').length === 2);
    const hello = gateway.heard.findLast((one) => one.type === 'hello');
    expect(hello).toMatchObject({ attempts: [{ attempt_id: order.attempt_id, phase: 'done' }] });
    while ((await journal()).length > 0) await new Promise((done) => setTimeout(done, 20));
  });
});
