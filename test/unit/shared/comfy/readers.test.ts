import { describe, expect, test } from 'vitest';
import { readWorkflowFile } from '../../../../shared/comfy/readers/read.ts';
import { bomb, files, plainPng } from './files.ts';
import { textToPicture } from './fixture.ts';

const drawn = { ...textToPicture(), extra: { note: `é ü 漢字 ${'x'.repeat(3000)}` } };
const all = files(JSON.stringify(drawn));

describe('every kind of file', () => {
  test.each(Object.entries(all))('%s gives its workflow back', async (_name, data) => {
    expect((await readWorkflowFile(data)).ui).toEqual(drawn);
  });

  test('a graph ready to run, alone and wrapped, and an import body of our own', async () => {
    const graph = { 1: { class_type: 'X', inputs: {} } };
    const read = (value: unknown) => readWorkflowFile(Buffer.from(JSON.stringify(value)));
    expect((await read(graph)).api).toEqual(graph);
    expect((await read({ prompt: graph, client_id: 'x' })).api).toEqual(graph);
    expect((await read({ workflow_slug: 'x', workflow_json: graph })).body).toHaveProperty('workflow_slug');
  });
});

describe('says in words', () => {
  test.each([
    ['empty', Buffer.alloc(0), /empty/],
    ['a text', Buffer.from('hello'), /no workflow/],
    ['a list', Buffer.from('[1]'), /not a workflow/],
    ['half a file', Buffer.from('{"nodes": ['), /not valid JSON/],
    ['another program’s picture', plainPng(), /another program/],
    ['a bomb', bomb(), /unpacks to more than/],
    ['deep brackets', Buffer.from('['.repeat(2_000_000)), /nested/],
    ['a graph of nothing', Buffer.from('{"a": 1}'), /no workflow/],
  ])('why %s is none', async (_what, data, words) => {
    await expect(readWorkflowFile(data)).rejects.toThrow(words);
  });

  test('deep JSON inside a picture too', async () => {
    const deep = files(JSON.stringify({ nodes: [] }));
    const text = deep['text.png']!.toString('latin1').replace('{"nodes":[]}', '[[[[[[[[[[[[');
    await expect(readWorkflowFile(Buffer.from(text, 'latin1'))).rejects.toHaveProperty(
      'name',
      'WorkflowFileError',
    );
  });
});

describe('bad days', () => {
  const attempt = async (data: Uint8Array) => {
    try {
      await readWorkflowFile(data);
    } catch (error) {
      expect((error as Error).name).toBe('WorkflowFileError');
    }
  };

  test.each(Object.entries(all))('%s cut off anywhere', async (_name, data) => {
    for (let size = 0; size < data.length; size += size < 200 ? 7 : 501)
      await attempt(data.subarray(0, size));
  });

  test.each(Object.entries(all))('%s with lengths that lie', async (_name, data) => {
    for (let at = 0; at < Math.min(data.length - 4, 240); at += 3) {
      for (const lie of [0xff, 0x7f, 0]) {
        const copy = Uint8Array.from(data);
        copy.fill(lie, at, at + 4);
        await attempt(copy);
      }
    }
  });
});
