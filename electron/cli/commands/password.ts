import { createInterface } from 'node:readline';
import { newPassword } from '#shared/wire/identity.ts';
import { dataFolder } from '../../data-folder.ts';
import { openIdentity } from '../../gateway/gateway.ts';
import { type Programs, readArgs, UsageError } from '../programs.ts';

const ownerEmail = 'owner@atelier.local';

/**
 * `atelier password`: sets a password for signing in over the LAN, without asking for the old one: whoever may write the
 * data folder may do anything to it. Works beside a running gateway on the same folder.
 */
export async function password(args: string[], _programs: Programs): Promise<number> {
  const { values } = readArgs({
    args,
    options: { email: { type: 'string' }, data: { type: 'string' } },
  });
  const email = values.email ?? ownerEmail;
  const chosen = newPassword.safeParse(await readPassword());
  if (!chosen.success) throw new UsageError('A password has 8 to 128 characters.');
  const { identity, close } = await openIdentity(dataFolder(values.data));
  try {
    await identity.ensureOwner();
    if (!(await identity.setPassword(email, chosen.data))) {
      throw new UsageError(`There is no account with the address ${email}; say which with --email.`);
    }
    // Whoever knew the old one is out.
    await identity.accounts.endSignIns(email);
  } finally {
    await close();
  }
  process.stderr.write(`The password of ${email} is set; every sign-in of it has ended.\n`);
  return 0;
}

/** Typed unseen at a terminal, else the first line of standard input. Never an argument: those are seen in process lists. */
async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return line;
    return '';
  }
  stderr.write('New password: ');
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    return await typed();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function typed(): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    const take = (part: string): void => {
      for (const key of part) {
        if (key === '\u0003') {
          process.stdin.off('data', take);
          failed(new Error('stopped; nothing was changed'));
          return;
        }
        if (key === '\r' || key === '\n') {
          process.stdin.off('data', take);
          done(text);
          return;
        }
        text = key === '\u007f' || key === '\b' ? text.slice(0, -1) : text + key;
      }
    };
    process.stdin.on('data', take);
  });
}
