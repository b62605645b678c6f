import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { isObject } from '#shared/comfy/json.ts';
import type { ObjectInfo } from '#shared/comfy/object-info.ts';
import { AppError } from '#shared/errors.ts';
import type { Signer } from '../files/signer.ts';
import type { Store } from '../store/store.ts';
import type { AgentRegistry } from './registry.ts';
import type { AgentSession } from './session.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Largest text of node classes; a server with thousands of classes stays far below. */
const mostBytes = 64 * 1024 * 1024;
/** How many a team keeps: engines of today, and a few of yesterday. */
const keptPerTeam = 8;
const askAgainMs = 60_000;
const addressMs = 600_000;

export const nodeInfoPath = (teamId: string, hash: string): string =>
  `/api/v1/agent/node-info/${teamId}/${hash}`;

interface NodeInfoPorts {
  readonly store: Store;
  readonly signer: Signer;
  readonly agents: AgentRegistry;
  readonly clock: () => number;
}

/**
 * What the engines of a team say of their node classes (`/object_info`), content-addressed: an agent tells a hash, the
 * gateway asks for the text when it has never seen it, and keeps it, so that a workflow can be read while no engine runs.
 */
export class NodeInfos {
  readonly #ports: NodeInfoPorts;
  readonly #asked = new Map<string, number>();
  readonly #read = new Map<string, ObjectInfo>();

  constructor(ports: NodeInfoPorts) {
    this.#ports = ports;
    ports.agents.onChange((session) => this.#ask(session));
  }

  /** Asks an agent for what nobody has told yet. May be lost: every sign of life asks again after a while. */
  #ask(session: AgentSession): void {
    const { clock, signer } = this.#ports;
    if (!session.connected) return;
    for (const { node_info_hash: hash } of session.hello.engines) {
      const key = `${session.teamId}/${hash}`;
      if (hash === undefined || clock() - (this.#asked.get(key) ?? 0) < askAgainMs) continue;
      this.#asked.set(key, clock());
      if (this.#has(session.teamId, hash)) continue;
      const path = nodeInfoPath(session.teamId, hash);
      session.tell({
        type: 'want_node_info',
        hash,
        upload_url: signer.sign({ path, claims: {} }, addressMs),
      });
    }
  }

  #has(teamId: string, hash: string): boolean {
    const { read } = this.#ports.store;
    return read.hot('SELECT 1 FROM node_infos WHERE team_id = ? AND hash = ?', teamId, hash).length > 0;
  }

  /** Takes an upload in: only what has the announced hash and is an object of classes. */
  async keep(teamId: string, hash: string, body: Readable): Promise<void> {
    const text = await readAll(body);
    if (createHash('sha256').update(text).digest('hex') !== hash) {
      throw new AppError('conflict', 'These node classes have another hash than announced.');
    }
    if (!isObject(parse(text))) throw new AppError('bad_request', 'Node classes must be a JSON object.');
    const packed = await pack(text);
    await this.#ports.store.write((writer) => {
      writer.hotRun(
        'INSERT INTO node_infos (team_id, hash, body, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        teamId,
        hash,
        packed,
        this.#ports.clock(),
      );
      writer.hotRun(
        `DELETE FROM node_infos WHERE team_id = ? AND hash NOT IN
         (SELECT hash FROM node_infos WHERE team_id = ? ORDER BY seen_at DESC LIMIT ${keptPerTeam})`,
        teamId,
        teamId,
      );
    });
  }

  /** What the engines of a team have: of those connected, joined; else the last ones that were seen. */
  async of(teamId: string): Promise<{ info: ObjectInfo; from: 'connected' | 'kept' | 'none' }> {
    const connected = this.#ports.agents
      .list(teamId)
      .flatMap((session) => session.hello.engines.flatMap(({ node_info_hash: hash }) => hash ?? []));
    const joined: Record<string, unknown> = {};
    for (const hash of new Set(connected)) {
      const info = await this.#open(teamId, hash);
      for (const [type, definition] of Object.entries(info ?? {})) joined[type] ??= definition;
    }
    if (Object.keys(joined).length > 0) return { info: joined, from: 'connected' };
    const [last] = this.#ports.store.read.hot<{ hash: string }>(
      'SELECT hash FROM node_infos WHERE team_id = ? ORDER BY seen_at DESC LIMIT 1',
      teamId,
    );
    const info = last && (await this.#open(teamId, last.hash));
    return info ? { info, from: 'kept' } : { info: {}, from: 'none' };
  }

  async #open(teamId: string, hash: string): Promise<ObjectInfo | undefined> {
    const key = `${teamId}/${hash}`;
    const known = this.#read.get(key);
    if (known) return known;
    const [row] = this.#ports.store.read.hot<{ body: Uint8Array }>(
      'SELECT body FROM node_infos WHERE team_id = ? AND hash = ?',
      teamId,
      hash,
    );
    if (!row) return undefined;
    const info = JSON.parse(
      (await unpack(row.body, { maxOutputLength: mostBytes })).toString('utf8'),
    ) as ObjectInfo;
    const [oldest] = this.#read.keys();
    if (this.#read.size >= 4 && oldest !== undefined) this.#read.delete(oldest);
    this.#read.set(key, info);
    return info;
  }
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) throw new AppError('too_large', 'These node classes are too large.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
