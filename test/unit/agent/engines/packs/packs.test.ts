import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockedWords } from '../../../../../electron/agent/engines/packs/change.ts';
import { moveInto } from '../../../../../electron/agent/engines/packs/draft.ts';
import { guardedChanges } from '../../../../../electron/agent/engines/packs/guard.ts';
import { readPin, writePin } from '../../../../../electron/agent/engines/packs/pin.ts';
import { isPlain, requirementLines } from '../../../../../electron/agent/engines/packs/requirements.ts';
import {
  nameOf,
  nameProblem,
  readSource,
  sameAddress,
} from '../../../../../electron/agent/engines/packs/source.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'atelier-pack-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe('the source of a pack', () => {
  it.each([
    ['https://localhost/me/Comfy_Pack.git', 'git', 'Comfy_Pack'],
    ['git@localhost:me/pack.git', 'git', 'pack'],
    ['/home/é/my pack', 'git', 'my pack'],
    ['me/pack', 'git', 'pack'],
    ['comfyui-pack', 'registry', 'comfyui-pack'],
    ['comfyui-pack@1.2.3', 'registry', 'comfyui-pack'],
  ])('%s', (text, kind, name) => {
    const source = readSource(text);
    expect(source.kind).toBe(kind);
    expect(nameOf(source)).toBe(name);
  });

  it.each(['--upload-pack=x', '', 'ext::sh -c id', 'https://-x', 'a@b', 'me/pack/more', 'x@localhost:-y'])(
    'is not "%s"',
    (text) => expect(() => readSource(text)).toThrow('is no source'),
  );

  it.each(['', '..', '.hidden', 'a/b', 'a\\b', 'x.disabled', 'x.py', '__pycache__', 'x ', 'a:b', 'a\nb'])(
    'can not be kept as "%s"',
    (name) => expect(nameProblem(name)).not.toBe(''),
  );

  it('is the same however it is spelled', () => {
    expect(sameAddress('https://localhost/Me/Pack.git', 'git@localhost:me/pack')).toBe(true);
    expect(sameAddress('ssh://git@localhost/me/pack/', 'https://localhost/me/pack.git')).toBe(true);
    expect(sameAddress('https://localhost/me/pack', 'https://localhost/me/pack2')).toBe(false);
    expect(sameAddress('', '')).toBe(false);
  });
});

describe('requirements', () => {
  it('are the lines that say something', () => {
    expect(requirementLines('\uFEFF# all\nnumpy>=1 # why\r\n\n  torch \\\n  ==2\nx#y\n')).toEqual([
      ...['numpy>=1', 'torch   ==2', 'x#y'],
    ]);
  });

  it.each([
    ...['numpy', 'numpy>=1.0,<3', 'a-b_c.d [x, y] ~= 1.0', 'x (>=1)', 'x==1.0; python_version < "3.12"'],
    ...['x==1 --hash=sha256:00ff', 'torch==2.13.0+cpu', 'x; sys_platform == "win32"'],
  ])('plain: %s', (line) => expect(isPlain(line)).toBe(true));

  it.each([
    ...['git+https://localhost/x', 'x @ https://localhost/x.whl', './x', 'x.whl/..', '-e .', '-r other.txt'],
    ...[
      '--index-url https://localhost',
      'https://localhost/x.whl',
      'x==1 --global-option=y',
      'x==$VERSION',
      'x 1',
    ],
  ])('not plain: %s', (line) => expect(isPlain(line)).toBe(false));

  it('of a hostile length take no time', () => {
    expect(isPlain(`a${' '.repeat(200_000)}?`)).toBe(false);
    expect(isPlain(`a[${'b, '.repeat(100_000)}`)).toBe(false);
  });
});

describe('what is refused unless insisted on', () => {
  const change = (name: string, kind: 'downgraded' | 'upgraded' | 'same', rebuilt = false) => ({
    ...{ name, from: '2', to: '1', kind, rebuilt, breaks: [] },
  });

  it('is going back with PyTorch or numpy, and another build of PyTorch', () => {
    expect(guardedChanges([change('torchvision', 'downgraded'), change('numpy', 'downgraded')])).toHaveLength(
      2,
    );
    expect(
      guardedChanges([change('torch', 'same', true), change('torchaudio', 'upgraded', true)]),
    ).toHaveLength(2);
    expect(guardedChanges([change('numpy', 'upgraded'), change('tqdm', 'downgraded')])).toEqual([]);
    expect(guardedChanges([{ ...change('torch', 'same'), from: null, kind: 'new' }])).toEqual([]);
  });
});

describe('a folder that is moved into place', () => {
  it('never replaces anything, not even an empty folder', async () => {
    const base = await folder();
    await mkdir(join(base, 'custom_nodes', 'x'), { recursive: true });
    await mkdir(join(base, 'new'));
    await expect(moveInto(join(base, 'new'), join(base, 'custom_nodes', 'x'))).rejects.toThrow('already');
  });

  it('sweeps away what an Atelier that was killed left half copied', async () => {
    const base = await folder();
    await mkdir(join(base, 'custom_nodes'));
    await mkdir(join(base, '.atelier-pack-draft-1'));
    await mkdir(join(base, 'new'));
    await moveInto(join(base, 'new'), join(base, 'custom_nodes', 'x'));
    await expect(readFile(join(base, '.atelier-pack-draft-1'))).rejects.toThrow('ENOENT');
  });
});

describe('the pin of a pack out of the registry', () => {
  const pin = { id: 'a', version: '1', sha256: 'x', registry: 'http://localhost', repository: '', files: {} };

  it('is read as it was written', async () => {
    const pack = await folder();
    await writePin(pack, pin);
    expect(await readPin(pack)).toEqual(pin);
  });

  it.each(['../x', '/etc/x', 'a/../../x', 'C:\\x', 'a\\..\\x'])(
    'is not believed when it names %s',
    async (path) => {
      const pack = await folder();
      await writeFile(join(pack, '.atelier-pack.json'), JSON.stringify({ ...pin, files: { [path]: 'x' } }));
      expect(await readPin(pack)).toBeUndefined();
    },
  );
});

it('only Windows keeps the files of a running engine locked', () => {
  expect(lockedWords(true, 'win32')).toContain('Stop it first');
  expect(lockedWords(false, 'win32')).toBe('');
  expect(lockedWords(true, 'linux')).toBe('');
});
