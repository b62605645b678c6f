import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Secrets, UnreadableSecretError } from '../../../../electron/gateway/secrets/secrets.ts';
import { tempFolder } from '../temp-folder.ts';

const word = 'whsec_öffne dich';

it('unseals what it sealed, also in its next life, and never seals the same way twice', async () => {
  const folder = await tempFolder();
  const secrets = await Secrets.open(folder);
  const sealed = secrets.seal(word, 'here');
  expect(Buffer.from(sealed).toString('latin1')).not.toContain('whsec');
  expect(Buffer.from(sealed).equals(Buffer.from(secrets.seal(word, 'here')))).toBe(false);
  expect(secrets.unseal(sealed, 'here')).toBe(word);
  expect((await Secrets.open(folder)).unseal(sealed, 'here')).toBe(word);
});

it('keeps its key in a file of its own, for its user alone', async () => {
  const folder = await tempFolder();
  await Secrets.open(folder);
  const path = join(folder, 'secrets.key');
  expect(readdirSync(folder)).toEqual(['secrets.key']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  await Secrets.open(folder);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('unseals nowhere else, with no other key, and nothing that was changed', async () => {
  const secrets = await Secrets.open(await tempFolder());
  const sealed = Buffer.from(secrets.seal(word, 'here'));
  const unreadable = (of: Secrets, bytes: Uint8Array, place = 'here') =>
    expect(() => of.unseal(bytes, place)).toThrow(UnreadableSecretError);
  unreadable(secrets, sealed, 'there');
  unreadable(await Secrets.open(await tempFolder()), sealed);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    unreadable(secrets, changed);
    unreadable(secrets, sealed.subarray(0, at));
  }
});

it('replaces no key that is damaged: what it protects would be lost', async () => {
  const folder = await tempFolder();
  const path = join(folder, 'secrets.key');
  writeFileSync(path, 'half a k');
  await expect(Secrets.open(folder)).rejects.toThrow(`${path} is damaged`);
  expect(readFileSync(path, 'utf8')).toBe('half a k');
});

it('finishes what a crash has left half made', async () => {
  const folder = await tempFolder();
  writeFileSync(join(folder, 'secrets.key.new'), 'half');
  const sealed = (await Secrets.open(folder)).seal(word, 'here');
  expect((await Secrets.open(folder)).unseal(sealed, 'here')).toBe(word);
  expect(readdirSync(folder)).toEqual(['secrets.key']);
});
