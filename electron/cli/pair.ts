import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { errorReply } from '#shared/wire/common.ts';
import { pairPollReply, pairStartReply } from '#shared/wire/pairing.ts';

const keptKeys = z.object({ device: z.string(), agent: z.string() });
export type PairedKeys = z.infer<typeof keptKeys>;

/** The keys of this machine for a studio: kept from last time if they still live, else by a new pairing. */
export async function pairedKeys(
  gateway: string,
  path: string,
  tell: (userCode: string, address: string) => void,
): Promise<PairedKeys> {
  const kept = keptKeys.safeParse(JSON.parse(await readFile(path, 'utf8').catch(() => 'null')));
  if (kept.success && (await lives(gateway, kept.data))) return kept.data;
  const keys = await pair(gateway, tell);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

/** The agent key ends with the device key, so asking with one tells of both. */
async function lives(gateway: string, keys: PairedKeys): Promise<boolean> {
  const reply = await ask(gateway, '/users/me', { headers: { authorization: `Bearer ${keys.device}` } });
  return reply.status !== 401;
}

/** Shows a code until somebody who is signed in at the studio has typed it. */
async function pair(gateway: string, tell: (userCode: string, address: string) => void): Promise<PairedKeys> {
  const begun = pairStartReply.parse(
    await (await fine(await ask(gateway, '/desktop/pair/start', { method: 'POST' }))).json(),
  );
  tell(begun.user_code, begun.verification_uri);
  for (;;) {
    await wait(begun.interval * 1000);
    const reply = await ask(gateway, '/desktop/pair/poll', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ device_code: begun.device_code }),
    });
    if (reply.status === 429) continue;
    const polled = pairPollReply.parse(await (await fine(reply)).json());
    const { raw_key: device, agent_raw_key: agent } = polled;
    if (device !== undefined && agent !== undefined) return { device, agent };
  }
}

function ask(gateway: string, path: string, init: RequestInit): Promise<Response> {
  return fetch(`${gateway}/api/v1${path}`, init).catch((cause: unknown) => {
    throw new Error(`No studio answers at ${gateway}: is it running, and does it listen on the network?`, {
      cause,
    });
  });
}

async function fine(reply: Response): Promise<Response> {
  if (reply.ok) return reply;
  const said = errorReply.safeParse(await reply.json().catch(() => undefined));
  throw new Error(
    said.success ? said.data.error_message : `The studio answered with status ${reply.status}.`,
  );
}
