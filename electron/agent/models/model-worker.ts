import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { noFacts, readModelFacts } from '#shared/models/facts.ts';
import type { ModelAnswer, ModelQuestion } from './model-reader.ts';

/**
 * Reads model files in a thread of its own: what their headers say, and their hashes. Synchronous reading in large pieces
 * is what makes it as fast as the disk and the processor allow; between pieces it looks for shorter questions.
 */
const piece = Buffer.allocUnsafe(1024 * 1024);
const piecesAtATime = 32;

function answer({ id, ask, path }: ModelQuestion): Promise<ModelAnswer> {
  const work = ask === 'hash' ? hash(path) : facts(path);
  return work.then(
    (done) => ({ id, ...done }),
    (error: unknown) => ({ id, error: (error as Error).message }),
  );
}

async function hash(path: string): Promise<{ sha256: string }> {
  const file = openSync(path, 'r');
  try {
    const sum = createHash('sha256');
    for (let pieces = 1; ; pieces += 1) {
      const length = readSync(file, piece);
      if (length === 0) return { sha256: sum.digest('hex') };
      sum.update(length === piece.length ? piece : piece.subarray(0, length));
      // The piece is one for all: nobody else reads before this turn is over.
      if (pieces % piecesAtATime === 0) await nextTurn();
    }
  } finally {
    closeSync(file);
  }
}

async function facts(path: string): Promise<Pick<ModelAnswer, 'facts'>> {
  // Opening a pickle is no danger, but nothing of it is wanted either.
  if ((await readModelFacts(path, 0, async () => new Uint8Array())).format === 'pickle') {
    return { facts: { ...noFacts, format: 'pickle' } };
  }
  const file = openSync(path, 'r');
  try {
    return {
      facts: await readModelFacts(path, fstatSync(file).size, async (start, end) => read(file, start, end)),
    };
  } finally {
    closeSync(file);
  }
}

/** All of the bytes, or fewer where the file ends. */
function read(file: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const length = readSync(file, bytes, filled, bytes.length - filled, start + filled);
    if (length === 0) break;
    filled += length;
  }
  return bytes.subarray(0, filled);
}

parentPort?.on('message', (question: ModelQuestion) => {
  void answer(question).then((said) => parentPort?.postMessage(said));
});
