import { mkdir } from 'node:fs/promises';
import { credentialKind } from '#shared/wire/identity.ts';
import { dataFolder } from '../../data-folder.ts';
import { openIdentity } from '../../gateway/gateway.ts';
import { type Programs, readArgs, UsageError, wholeNumber } from '../programs.ts';

/** `atelier key create`: the raw key alone on stdout. Works beside a running gateway on the same folder. */
export async function key(args: string[], _programs: Programs): Promise<number> {
  const { values, positionals } = readArgs({
    args,
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      name: { type: 'string' },
      'expires-in-days': { type: 'string' },
      data: { type: 'string' },
    },
  });
  if (positionals[0] !== 'create' || positionals.length > 1) {
    throw new UsageError('The only thing to do with keys here is: atelier key create.');
  }
  const kind = credentialKind.safeParse(values.kind);
  if (!kind.success) throw new UsageError('--kind takes integration, agent or device.');
  const name = values.name?.trim();
  if (!name || name.length > 100)
    throw new UsageError('--name takes 1 to 100 characters: what the key is for.');
  const days = values['expires-in-days'];
  const raw = await createKey(dataFolder(values.data), {
    kind: kind.data,
    name,
    ...(days === undefined ? {} : { expiresInDays: wholeNumber(days, 'expires-in-days', 1, 365) }),
  });
  process.stdout.write(`${raw}\n`);
  return 0;
}

interface KeyRequest {
  readonly kind: 'integration' | 'agent' | 'device';
  readonly name: string;
  readonly expiresInDays?: number;
}

/** A key of the studio's first team; a device key acts for its owner. */
export async function createKey(dataDir: string, request: KeyRequest): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const { identity, close } = await openIdentity(dataDir);
  try {
    const { teamId, userId } = await identity.ensureOwner();
    return await identity.createKey({ ...request, teamId, ...(request.kind === 'device' ? { userId } : {}) });
  } finally {
    await close();
  }
}
