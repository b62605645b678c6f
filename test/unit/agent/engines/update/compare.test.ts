import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRuns } from '../../../../../electron/agent/engines/update/compare.ts';
import type { CanaryOutput, CanaryRun } from '../../../../../electron/agent/engines/update/report.ts';

describe('two runs of a canary', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-compare-'));
    await picture('plain', 8, 4, 100);
    await picture('hair', 8, 4, 102);
    await picture('other', 8, 4, 100, 130);
    await picture('large', 9, 4, 100);
    await writeFile(join(folder, 'broken.png'), 'no picture');
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Grey, with one pixel of another grey when asked for. */
  async function picture(
    name: string,
    width: number,
    height: number,
    grey: number,
    dot = grey,
  ): Promise<void> {
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    context.fillStyle = `rgb(${grey},${grey},${grey})`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `rgb(${dot},${dot},${dot})`;
    context.fillRect(0, 0, 1, 1);
    await writeFile(join(folder, `${name}.png`), canvas.toBuffer('image/png'));
  }

  const image = (name: string): CanaryOutput => ({
    ...{ node_id: '3', kind: 'image', name: 'a.png', file: `${name}.png`, sha256: name },
  });
  const text = (words: string): CanaryOutput => ({ node_id: '4', kind: 'text', name: '', sha256: words });
  const ran = (...outputs: CanaryOutput[]): CanaryRun => ({
    succeeded: true,
    reason: '',
    seconds: 2,
    outputs,
  });
  const fell: CanaryRun = { succeeded: false, reason: 'Node 3 failed.', seconds: 1, outputs: [] };

  it.each([
    ['the same bytes', ran(image('plain')), ran(image('plain')), 'same', 'are the same'],
    ['a difference nobody sees', ran(image('plain')), ran(image('hair')), 'same', 'are the same'],
    [
      'a pixel',
      ran(image('plain')),
      ran(image('other')),
      'differs',
      '3.13 % of the pixels differ, by 30 of 255',
    ],
    ['another size', ran(image('plain')), ran(image('large')), 'differs', 'was 8×4 and is 9×4'],
    ['what is no picture', ran(image('plain')), ran(image('broken')), 'differs', 'a.png differs'],
    ['words', ran(text('one')), ran(text('two')), 'differs', 'The text of node 4 differs'],
    [
      'one less',
      ran(image('plain'), text('a')),
      ran(image('plain')),
      'differs',
      'gave 1 text before and nothing now',
    ],
    ['a failure', ran(image('plain')), fell, 'broken', 'Node 3 failed'],
    ['two failures', fell, fell, 'was broken before too', 'Node 3 failed'],
    ['a mended one', fell, ran(image('plain')), 'mended', 'runs now'],
  ])('with %s', async (_name, now, next, verdict, words) => {
    const result = await compareRuns('canary', now, next, folder);
    expect(result).toMatchObject({ verdict, words: expect.stringContaining(words) });
  });

  it('tells how much and how long', async () => {
    const result = await compareRuns(
      'canary',
      ran(image('plain')),
      { ...ran(image('other')), seconds: 3 },
      folder,
    );
    expect(result.duration_ratio).toBe(1.5);
    expect(result.differences[0]?.pixels).toEqual({ share: 1 / 32, largest: 30 });
  });
});
