import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBytes } from '../../../../electron/starter-engine/images/pixels.ts';
import { nodes } from '../../../../electron/starter-engine/nodes/index.ts';
import type {
  ImageBatch,
  MaskBatch,
  NodeContext,
  NodeResult,
  SavedFile,
} from '../../../../electron/starter-engine/nodes/node.ts';

export function nodeOf(type: string) {
  const node = nodes.find((one) => one.type === type);
  if (!node) throw new Error(`no node ${type}`);
  return node;
}

export function contextOf(folders: NodeContext['folders'], more: Partial<NodeContext> = {}): NodeContext {
  return {
    promptId: 'p',
    nodeId: '1',
    prompt: {},
    extraPngInfo: undefined,
    folders,
    progress: async () => {},
    throwIfInterrupted() {},
    ...more,
  };
}

const nowhere = contextOf({ input: '/nonexistent', output: '/nonexistent', temp: '/nonexistent' });

export async function run(
  type: string,
  inputs: Record<string, unknown>,
  context = nowhere,
): Promise<NodeResult> {
  return nodeOf(type).run(inputs, context);
}

export async function image(type: string, inputs: Record<string, unknown>, slot = 0): Promise<ImageBatch> {
  return (await run(type, inputs)).outputs[slot] as ImageBatch;
}

export async function mask(type: string, inputs: Record<string, unknown>, slot = 0): Promise<MaskBatch> {
  return (await run(type, inputs)).outputs[slot] as MaskBatch;
}

/** A picture by formula; the same one was given to the real ComfyUI as a file. */
export function pattern(width: number, height: number, a: number, b: number, c: number): ImageBatch {
  const data = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const bytes = [x * a + y * b, x * b + y * c + 40, x * c + y * a + 90];
    for (const [k, value] of bytes.entries()) data[i * 3 + k] = (value % 256) / 255;
  }
  return { kind: 'image', batch: 1, height, width, channels: 3, data };
}

export function bytesOf(picture: ImageBatch): number[] {
  return [...toBytes(picture.data)];
}

export function savedFiles(result: NodeResult): SavedFile[] {
  return (result.ui?.images ?? []) as SavedFile[];
}

/** Folders of an engine in a temp folder of its own; `dispose` removes them. */
export async function engineFolders() {
  const root = await mkdtemp(join(tmpdir(), 'atelier-nodes-'));
  const folders = { input: join(root, 'input'), output: join(root, 'output'), temp: join(root, 'temp') };
  for (const folder of Object.values(folders)) await mkdir(folder);
  return { folders, dispose: () => rm(root, { recursive: true, force: true }) };
}
