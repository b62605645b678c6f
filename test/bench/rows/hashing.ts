import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ModelReader } from '../../../electron/agent/models/model-reader.ts';
import { median, ms, type Row, ratio, type Setup } from '../row.ts';

const bytes = 1_000_000_000;
const rounds = 5;

/** A model file hashed as an agent does it, against OpenSSL's own program on the same file, in turns. */
export async function hashing({ folder }: Setup): Promise<Row[]> {
  const path = join(folder, 'model.safetensors');
  const sha256 = await bigFile(path);
  const reader = new ModelReader();
  const [ours, theirs]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const began = performance.now();
      if ((await reader.hash(path)) !== sha256) throw new Error('the hash is wrong');
      const between = performance.now();
      await promisify(execFile)('openssl', ['dgst', '-sha256', path]);
      // The first round fills the disk's cache.
      if (round === 0) continue;
      ours.push(between - began);
      theirs.push(performance.now() - between);
    }
  } finally {
    await reader.stop();
  }
  const speed = (took: readonly number[]) => `${(bytes / 1e6 / median(took)).toFixed(2)} GB/s`;
  return [
    {
      what: 'hashing a model file ÷ openssl dgst -sha256 (speed)',
      value: ratio(median(theirs) / median(ours)),
      reach: '≥ 0.9',
      detail: `1 GB: ours ${ms(median(ours))} (${speed(ours)}), openssl ${ms(median(theirs))} (${speed(theirs)})`,
    },
  ];
}

async function bigFile(path: string): Promise<string> {
  const file = await open(path, 'wx');
  const hash = createHash('sha256');
  for (let written = 0; written < bytes; written += 10_000_000) {
    const piece = randomBytes(10_000_000);
    hash.update(piece);
    await file.writeFile(piece);
  }
  await file.close();
  return hash.digest('hex');
}
