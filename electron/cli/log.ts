import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { createStream } from 'rotating-file-stream';

/** Fields that may hold a secret, wherever a caller puts them. */
const redact = [
  'authorization',
  'password',
  'user_password',
  'token',
  'key',
  'raw_key',
  'refresh_token',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The studio's log: JSON lines in `<data>/logs/atelier.log`, five files of 10 MB. */
export function openLog(dataDir: string): { log: Logger; close: () => Promise<void> } {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stream = createStream('atelier.log', { path: folder, size: '10M', maxFiles: 5, mode: 0o600 });
  const log = pino({ level: process.env.ATELIER_LOG ?? 'info', redact }, stream);
  return { log, close: () => new Promise((done) => stream.end(done)) };
}
