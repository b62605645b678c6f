import { createHash, hash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import type { EngineOutput } from '#shared/comfy/outputs.ts';
import { readImageSize } from '#shared/image-size.ts';
import { type ManifestEntry, uploadReply } from '#shared/link/protocol.ts';
import { outputKind } from '#shared/output-kinds.ts';
import { BackOff, pause } from '../back-off.ts';
import { type Engine, EngineGone, RunFailure } from '../engines/engine.ts';
import { errorCode, type HttpClient } from '../http.ts';

export interface OutputPorts {
  readonly engine: Engine;
  readonly http: HttpClient;
  /** Absolute address to PUT to, without the name. */
  readonly uploadUrl: string;
}

/** An output with the name it gets and, for words, its bytes. */
interface NamedOutput {
  readonly output: EngineOutput;
  readonly name: string;
}

const atOnce = 4;
const mostTries = 8;
const smallBytes = 1024 * 1024;
/** Enough for the frame header of a JPEG behind its metadata. */
const headBytes = 256 * 1024;
/** The gateway is away: waiting for it costs nothing, so these don't count as tries. */
const awayCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** Streams every output of a run from the engine to the gateway; returns the manifest, in the outputs' order. */
export async function deliverOutputs(
  outputs: readonly EngineOutput[],
  ports: OutputPorts,
  signal: AbortSignal,
): Promise<ManifestEntry[]> {
  const named = nameOutputs(outputs);
  const manifest: ManifestEntry[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < named.length; index = next++) {
      const one = named[index];
      if (one) manifest[index] = await deliverOne(one, ports, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, named.length) }, worker));
  return manifest;
}

/** A file shown by two keys of a node is one output; words get a file name of their own. */
function nameOutputs(outputs: readonly EngineOutput[]): NamedOutput[] {
  const named = new Map<string, NamedOutput>();
  let texts = 0;
  for (const output of outputs) {
    if (output.kind === 'text') {
      texts += 1;
      named.set(`text ${texts}`, { output, name: `text_${String(texts).padStart(5, '0')}.txt` });
    } else {
      const place = [output.node_id, output.type, output.subfolder, output.filename].join('/');
      named.set(place, { output, name: output.filename.split(/[\\/]/).at(-1) || output.filename });
    }
  }
  return [...named.values()];
}

async function deliverOne(one: NamedOutput, ports: OutputPorts, signal: AbortSignal): Promise<ManifestEntry> {
  const backOff = new BackOff(100, 10_000);
  for (let tries = 1; ; ) {
    try {
      await ports.engine.whenReady(signal);
      return await tryOne(one, ports, signal);
    } catch (error) {
      if (signal.aborted || error instanceof RunFailure) throw error;
      if (!awayCodes.has(errorCode(error))) tries += 1;
      if (tries > mostTries || error instanceof EngineGone)
        throw outputFailure(one, (error as Error).message);
      await pause(backOff.next(), signal);
    }
  }
}

async function tryOne(one: NamedOutput, ports: OutputPorts, signal: AbortSignal): Promise<ManifestEntry> {
  const opened = await openSource(one.output, ports.engine, signal);
  const cargo =
    opened.size !== undefined && opened.size <= smallBytes
      ? await loadWhole(opened.body)
      : loadStream(opened.body, opened.size);
  const separator = ports.uploadUrl.includes('?') ? '&' : '?';
  const { status, body } = await ports.http.json(
    `${ports.uploadUrl}${separator}name=${encodeURIComponent(one.name)}`,
    {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', ...cargo.headers },
      body: cargo.body,
      signal,
    },
  );
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const said = (body as { error_message?: unknown } | undefined)?.error_message;
    throw outputFailure(one, typeof said === 'string' ? said : `the gateway answered ${status}`);
  }
  const stored = uploadReply.safeParse(body);
  if (!stored.success) throw new Error(`the gateway answered ${status}`);
  const { sha256, size, head } = cargo.seen();
  if (stored.data.sha256 !== sha256) throw new Error('the gateway received other bytes than were sent');
  const { kind, contentType } = outputKind(one.name, opened.contentType);
  return {
    sha256,
    size,
    name: one.name.slice(-255),
    node_id: one.output.node_id,
    kind,
    content_type: contentType,
    temporary: one.output.kind === 'file' && one.output.type !== 'output',
    ...(kind === 'image' && readImageSize(head)),
  };
}

async function openSource(
  output: EngineOutput,
  engine: Engine,
  signal: AbortSignal,
): Promise<{ body: Readable; size: number | undefined; contentType: string }> {
  if (output.kind === 'file') return engine.openOutput(output, signal);
  const bytes = Buffer.from(output.text);
  return { body: Readable.from([bytes]), size: bytes.length, contentType: 'text/plain; charset=utf-8' };
}

/** An output on its way, and what was seen of it once it has passed. */
interface Cargo {
  readonly body: Buffer | Readable;
  readonly headers: Readonly<Record<string, number>>;
  seen(): { sha256: string; size: number; head: Buffer };
}

/** A small file goes in one piece: half the time of a stream. */
async function loadWhole(source: Readable): Promise<Cargo> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return {
    body,
    headers: {},
    seen: () => ({ sha256: hash('sha256', body, 'hex'), size: body.length, head: body }),
  };
}

function loadStream(source: Readable, length: number | undefined): Cargo {
  const sum = createHash('sha256');
  const head: Buffer[] = [];
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      if (size < headBytes) head.push(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  // Either side's end ends the other; what went wrong shows on the request.
  pipeline(source, meter, () => undefined);
  return {
    body: meter,
    headers: length === undefined ? {} : { 'content-length': length },
    seen: () => ({ sha256: sum.digest('hex'), size, head: Buffer.concat(head) }),
  };
}

function outputFailure({ name, output }: NamedOutput, words: string): RunFailure {
  return new RunFailure({
    code: 'output_failed',
    message: `The output "${name}" could not be brought to the gateway: ${words}.`,
    retryable: true,
    node_id: output.node_id,
  });
}
