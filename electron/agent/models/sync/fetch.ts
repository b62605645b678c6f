import { constants, copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelDisk, WantedModel } from '#shared/link/models.ts';
import { errorCode, type HttpClient } from '../../http.ts';

export interface FetchPorts {
  /** Where models go: folders of kinds below it. */
  readonly folder: string;
  readonly gatewayUrl: string;
  readonly http: HttpClient;
  hash(path: string): Promise<string>;
  disk(folder: string): Promise<ModelDisk | undefined>;
  readonly signal: AbortSignal;
  /** So many bytes of it are here. */
  progress(model: WantedModel, bytes: number): void;
  verifying(model: WantedModel): void;
}

/** It will not go by trying again; the words say what to do. */
export class Stuck extends Error {}

/** The signed address is too old, or the model is gone from the library. */
export class StaleAddress extends Error {}

/** Stays free on the disk: a machine without any space left has worse troubles than a missing model. */
const reserve = 1_000_000_000;

export const partOf = (folder: string, sha256: string): string => join(folder, '.incoming', `${sha256}.part`);
export const targetOf = (folder: string, path: string): string => join(folder, ...path.split('/'));

const gigabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * Fetches a model of the team's library. It lies under another name until all of it is here and is what was promised, so
 * an engine never sees half of it; what a break leaves is gone on with.
 */
export async function fetchModel(model: WantedModel, ports: FetchPorts): Promise<void> {
  const part = partOf(ports.folder, model.sha256);
  await mkdir(dirname(part), { recursive: true });
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (have > model.size) await rm(part);
  const from = have > model.size ? 0 : have;
  await checkSpace(model, model.size - from, ports);
  if (from < model.size || model.size === 0) await receive(model, part, from, ports);
  ports.verifying(model);
  const found = await ports.hash(part);
  if (found !== model.sha256) {
    await rm(part, { force: true });
    throw new Error(
      `What came of ${model.path} is not what the library promised (SHA-256 ${found.slice(0, 12)}… instead of ${model.sha256.slice(0, 12)}…).`,
    );
  }
  await settle(part, targetOf(ports.folder, model.path));
}

async function checkSpace(model: WantedModel, need: number, { disk, folder }: FetchPorts): Promise<void> {
  const { free = Number.POSITIVE_INFINITY } = (await disk(folder)) ?? {};
  if (free - need >= reserve) return;
  throw new Stuck(fullWords(model, need, free));
}

const fullWords = ({ path }: WantedModel, need: number, free: number): string =>
  `The disk is full: ${path} needs ${gigabytes(need)} more, ${gigabytes(Math.max(0, free))} are free, and ${gigabytes(reserve)} must stay free. Free some space; it goes on by itself.`;

async function receive(model: WantedModel, part: string, from: number, ports: FetchPorts): Promise<void> {
  const { http, gatewayUrl, signal } = ports;
  const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
  const reply = await http.request(gatewayUrl + model.url, { headers, signal });
  if (reply.status !== 200 && reply.status !== 206) {
    reply.body.resume();
    if (reply.status === 403 || reply.status === 404) throw new StaleAddress(`status ${reply.status}`);
    throw new Error(`the gateway answered ${reply.status}`);
  }
  const begin = reply.status === 206 ? from : 0;
  const file = await open(part, begin > 0 ? 'a' : 'w');
  let size = begin;
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      await file.writeFile(chunk);
      size += chunk.length;
      ports.progress(model, size);
      if (size > model.size) throw new Error('more bytes came than it has');
    }
    await file.datasync();
  } catch (error) {
    if (errorCode(error) === 'ENOSPC') throw new Stuck(fullWords(model, model.size - size, 0));
    throw error;
  } finally {
    reply.body.destroy();
    await file.close();
  }
  if (size < model.size) throw new Error(`the connection broke after ${gigabytes(size)}`);
}

/** Gives it its name, without ever replacing what has the name already. */
async function settle(part: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await link(part, target);
    await rm(part);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') throw new Stuck(`Another file lies at ${target} already; move it away.`);
    // A file system without hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(part, target);
  }
}

/** The same content lies on this machine under another name: a second name costs no space, a copy no network. */
export async function takeFrom(known: string, model: WantedModel, ports: FetchPorts): Promise<void> {
  const target = targetOf(ports.folder, model.path);
  await mkdir(dirname(target), { recursive: true });
  try {
    await link(known, target);
    return;
  } catch (error) {
    if (errorCode(error) === 'EEXIST')
      throw new Stuck(`Another file lies at ${target} already; move it away.`);
  }
  const part = partOf(ports.folder, model.sha256);
  await mkdir(dirname(part), { recursive: true });
  await checkSpace(model, model.size, ports);
  await copyFile(known, part, constants.COPYFILE_FICLONE);
  ports.verifying(model);
  if ((await ports.hash(part)) !== model.sha256) {
    await rm(part, { force: true });
    throw new Error(`${known} changed while it was copied`);
  }
  await settle(part, target);
}
