import { Readable } from 'node:stream';
import type { PromptEngine } from '../execution/engine.ts';
import type { NodeContext, NodeDefinition } from '../nodes/node.ts';
import type { EngineLog } from './log.ts';
import type { Sockets } from './sockets.ts';

/** What the routes work with. */
export interface Parts {
  readonly engine: PromptEngine;
  readonly catalogue: ReadonlyMap<string, NodeDefinition>;
  readonly folders: NodeContext['folders'];
  readonly sockets: Sockets;
  readonly log: EngineLog;
  /** The program's arguments, shown in `/system_stats`. */
  readonly argv: readonly string[];
}

/** An answer that is a status and words rather than a reply of its own shape. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message = '') {
    super(message);
    this.status = status;
  }
}

/** Multipart bodies reach their route unread. */
export const isStream = (body: unknown): body is Readable => body instanceof Readable;
