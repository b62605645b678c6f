import { Readable } from 'node:stream';
import type { Graph } from '#shared/comfy/graph.ts';
import type { EngineOutput } from '#shared/comfy/outputs.ts';
import { fillGraph } from '#shared/comfy/parameters.ts';
import { readImageSize } from '#shared/image-size.ts';
import type { ManifestEntry } from '#shared/link/protocol.ts';
import { outputKind } from '#shared/output-kinds.ts';
import type { Files } from '../files/files.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { Store } from '../store/store.ts';
import type { Attempts, OpenedAttempt } from '../tasks/attempts.ts';
import type { Workflows } from '../workflows/workflows.ts';
import { type CloudClient, CloudError, outputsOfJob } from './client.ts';
import { errorFailure, jobFailure } from './failures.ts';
import { type JobState, jobState } from './job-states.ts';

export interface CloudRunPorts {
  readonly store: Store;
  readonly attempts: Attempts;
  readonly workflows: Workflows;
  readonly files: Files;
  readonly objects: ObjectStore;
  readonly fileBytes: number;
  /** The cloud does not take the key. */
  readonly refused: () => Promise<void>;
  /** Between two questions about a job. */
  readonly pollMs: number;
}

/** How often a question that the cloud does not answer is asked again before the run is given up. */
const mostTries = 30;
/** Enough for the frame header of a JPEG behind its metadata. */
const headBytes = 256 * 1024;

/** One attempt at the cloud: inputs up, job followed by asking, outputs copied into our own store. */
export class CloudRun {
  readonly #ports: CloudRunPorts;
  readonly #attempt: OpenedAttempt;
  readonly #client: CloudClient;
  readonly #signal: AbortSignal;
  #submitted: Promise<string> | undefined;
  #unwanted = false;
  #accepted = false;

  /** @param signal ends the following, not the job */
  constructor(ports: CloudRunPorts, attempt: OpenedAttempt, client: CloudClient, signal: AbortSignal) {
    this.#ports = ports;
    this.#attempt = attempt;
    this.#client = client;
    this.#signal = signal;
  }

  /** Carries the attempt to its end; with a job's id, one that an earlier life of this gateway has begun. */
  async carry(jobId?: string): Promise<void> {
    const { attempts } = this.#ports;
    try {
      this.#submitted = jobId === undefined ? this.#submit() : Promise.resolve(jobId);
      const manifest = await this.#follow(await this.#submitted);
      if (manifest) await attempts.completed(this.#attempt, manifest);
    } catch (error) {
      if (this.#signal.aborted) return;
      if (error instanceof CloudError && error.status === 401) await this.#ports.refused();
      await attempts.failed(this.#attempt, errorFailure(error));
    }
  }

  /** Nobody wants it any more. One that is on its way there is waited for: else it would run, and cost, unseen. */
  async cancel(): Promise<void> {
    this.#unwanted = true;
    const jobId = await this.#submitted?.catch(() => undefined);
    if (jobId !== undefined) await this.#client.cancel(jobId);
  }

  async #submit(): Promise<string> {
    const { attempts, store } = this.#ports;
    await attempts.received(this.#attempt);
    const graph = await this.#graph();
    if (this.#unwanted) throw new Error('it was cancelled.');
    const jobId = await this.#client.submit(graph);
    // It is paid for: known to the next life of this gateway before anything else happens.
    await store.write((writer) =>
      writer.hotRun('INSERT INTO cloud_jobs (attempt_id, job_id) VALUES (?, ?)', this.#attempt.id, jobId),
    );
    return jobId;
  }

  /** The frozen graph with the names in place that the cloud gave to its inputs. */
  async #graph(): Promise<Graph> {
    const { workflows, files } = this.#ports;
    const { task } = this.#attempt;
    const version = workflows.version(task.snapshot_id);
    const values = JSON.parse(task.parameters_json) as Record<string, unknown>;
    const filled = fillGraph(version.graph, version.parameters, values);
    const graph: Graph = { ...filled.graph };
    for (const { key, node_id, field, file_key } of filled.files) {
      const row = files.checkInput(task.team_id, key, file_key);
      const file = files.readable(row.file_key);
      const node = graph[node_id];
      if (!file || !node) continue;
      const body = files.open(file);
      const name = await this.#client.upload({ ...file, body });
      graph[node_id] = { ...node, inputs: { ...node.inputs, [field]: name } };
    }
    return graph;
  }

  /** Asks until the job is over; what it made, or nothing when it is over without. */
  async #follow(jobId: string): Promise<ManifestEntry[] | undefined> {
    for (;;) {
      const { status, error_message } = await this.#patiently(() => this.#client.status(jobId));
      const state = jobState(status);
      if (state === 'completed') return this.#collect(jobId);
      await this.#tell(state, status, error_message ?? '', jobId);
      if (state === 'failed' || state === 'cancelled') return undefined;
      await this.#pause();
    }
  }

  async #tell(state: JobState, status: string, said: string, jobId: string): Promise<void> {
    const { attempts } = this.#ports;
    if (state === 'running' && !this.#accepted) {
      this.#accepted = true;
      await attempts.accepted(this.#attempt);
    }
    if (state === 'failed') {
      const job = await this.#client.job(jobId).catch(() => ({ outputs: {} }));
      await attempts.failed(this.#attempt, jobFailure(status, said, job));
    }
    if (state === 'cancelled') {
      const message = 'The job was cancelled at ComfyUI Cloud itself. Run it again if that was a mistake.';
      await attempts.failed(this.#attempt, { code: 'cancelled', message, retryable: false });
    }
  }

  async #collect(jobId: string): Promise<ManifestEntry[]> {
    const job = await this.#patiently(() => this.#client.job(jobId));
    const manifest: ManifestEntry[] = [];
    // One after the other: the next life of this gateway begins anew, and nothing is charged for it.
    for (const output of outputsOfJob(job)) manifest.push(await this.#patiently(() => this.#copy(output)));
    return manifest;
  }

  async #copy(output: EngineOutput): Promise<ManifestEntry> {
    const { objects, fileBytes } = this.#ports;
    const name = output.kind === 'file' ? output.filename.split(/[\\/]/).at(-1) || 'output' : 'text.txt';
    const source =
      output.kind === 'file'
        ? await this.#client.open(output)
        : { body: Readable.from([Buffer.from(output.text)]), contentType: 'text/plain; charset=utf-8' };
    const { kind, contentType } = outputKind(name, source.contentType);
    const stored = await objects.put(source.body, { maxBytes: fileBytes });
    return {
      ...stored,
      name: name.slice(-255),
      node_id: output.node_id,
      kind,
      content_type: contentType,
      temporary: output.kind === 'file' && output.type !== 'output',
      ...(kind === 'image' && readImageSize(await headOf(objects, stored))),
    };
  }

  /** What the cloud can't do just now it may do later: the job goes on whether we hear of it or not. */
  async #patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof CloudError && error.passing) || tries === mostTries) throw error;
        await this.#pause(Math.min(tries, 10));
      }
    }
  }

  /** @throws when the following was ended in the meantime */
  async #pause(times = 1): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#ports.pollMs * times);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#signal.addEventListener('abort', end, { once: true });
    });
    this.#signal.throwIfAborted();
  }
}

async function headOf(objects: ObjectStore, { sha256, size }: { sha256: string; size: number }) {
  if (size === 0) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of objects.open(sha256, { start: 0, end: Math.min(size, headBytes) - 1 })) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
