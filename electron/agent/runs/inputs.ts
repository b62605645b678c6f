import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import type { Graph } from '#shared/comfy/graph.ts';
import type { AssignedInput, Assignment } from '#shared/link/protocol.ts';
import { BackOff, pause } from '../back-off.ts';
import { type Engine, RunFailure } from '../engines/engine.ts';
import type { HttpClient } from '../http.ts';
import { refuseUnsafe } from './lending.ts';

export interface InputPorts {
  readonly engine: Engine;
  readonly http: HttpClient;
  readonly gatewayUrl: string;
}

const mostTries = 6;

/** The graph as the engine gets it: nothing of a stranger's that could touch the owner's things, inputs in place. */
export async function prepareGraph(
  graph: Graph,
  { inputs, foreign }: Pick<Assignment, 'inputs' | 'foreign'>,
  ports: InputPorts,
  signal: AbortSignal,
): Promise<Graph> {
  if (foreign) await refuseUnsafe(graph, inputs, ports.engine, signal);
  return placeInputs(graph, inputs, ports, signal);
}

/** Brings every input of the run into the engine and returns the graph with their names there in place. */
async function placeInputs(
  graph: Graph,
  inputs: readonly AssignedInput[],
  ports: InputPorts,
  signal: AbortSignal,
): Promise<Graph> {
  const filled: Graph = { ...graph };
  for (const input of inputs) {
    const node = filled[input.node_id];
    if (!node) throw inputFailure(input, `the workflow has no node ${input.node_id}`, false);
    const name = await placeOne(input, ports, signal);
    filled[input.node_id] = { ...node, inputs: { ...node.inputs, [input.field]: name } };
  }
  return filled;
}

async function placeOne(input: AssignedInput, ports: InputPorts, signal: AbortSignal): Promise<string> {
  const backOff = new BackOff(100, 5000);
  for (let tries = 1; ; tries++) {
    try {
      return await tryOne(input, ports, signal);
    } catch (error) {
      if (signal.aborted || error instanceof RunFailure) throw error;
      if (tries === mostTries) throw inputFailure(input, (error as Error).message, true);
      await pause(backOff.next(), signal);
    }
  }
}

async function tryOne(
  input: AssignedInput,
  { engine, http, gatewayUrl }: InputPorts,
  signal: AbortSignal,
): Promise<string> {
  await engine.whenReady(signal);
  // Named by content, so that the same picture used again neither travels nor piles up.
  const name = `${input.sha256}${safeExtension(input.file_name)}`;
  const there = await engine.findInput(name, input.size, signal);
  if (there) return there;
  const reply = await http.request(gatewayUrl + input.url, { signal });
  if (reply.status !== 200) {
    reply.body.resume();
    const words = `the gateway answered ${reply.status}`;
    // A refusal stays a refusal; anything else may pass.
    if (reply.status >= 400 && reply.status < 500) throw inputFailure(input, words, true);
    throw new Error(words);
  }
  const body = Readable.from(verified(reply.body, input), { objectMode: false });
  try {
    return await engine.putInput({ name, contentType: input.content_type, size: input.size, body, signal });
  } finally {
    reply.body.destroy();
  }
}

/** The bytes as they pass; breaks off before the end when they are not what was promised. */
async function* verified(body: Readable, input: AssignedInput): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > input.size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (size !== input.size || hash.digest('hex') !== input.sha256) {
    throw new Error('the bytes that came are not the ones that were uploaded');
  }
}

const safeExtension = (name: string): string =>
  /^\.[a-z0-9]{1,8}$/.exec(extname(name).toLowerCase())?.[0] ?? '';

function inputFailure(input: AssignedInput, words: string, retryable: boolean): RunFailure {
  return new RunFailure({
    code: 'input_failed',
    message: `The input file "${input.file_name}" could not be given to the engine: ${words}.`,
    retryable,
    node_id: input.node_id,
  });
}
