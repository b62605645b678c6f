import { describe, expect, it } from 'vitest';
import { readModelFacts } from '#shared/models/facts.ts';
import { isSafeModelPath, modelPathOf } from '#shared/models/paths.ts';
import { claiming, gguf, safetensors, samples } from './samples.ts';

/** Reads as from a file, and remembers how much was asked for. */
async function facts(name: string, bytes: Uint8Array, size = bytes.length) {
  let most = 0;
  const found = await readModelFacts(name, size, async (start, end) => {
    most = Math.max(most, end - start);
    return bytes.slice(start, end);
  });
  return { ...found, most };
}

describe('what a model is, by its header', () => {
  it.each([
    ['sdxl', 'checkpoint', 'SDXL'],
    ['sd15', 'checkpoint', 'SD 1.5'],
    ['flux', 'diffusion_model', 'Flux'],
    ['sd3', 'diffusion_model', 'SD 3'],
    ['wan', 'diffusion_model', 'Wan'],
    ['vae', 'vae', ''],
    ['clip', 'text_encoder', ''],
    ['t5', 'text_encoder', ''],
    ['vision', 'clip_vision', ''],
    ['control', 'controlnet', ''],
    ['upscaler', 'upscaler', ''],
    ['embedding', 'embedding', ''],
    ['loraXl', 'lora', 'SDXL'],
    ['loraFlux', 'lora', 'Flux'],
  ] as const)('%s', async (name, kind, base) => {
    expect(await facts('x.safetensors', samples[name])).toMatchObject({
      format: 'safetensors',
      kind,
      base,
      problem: '',
    });
  });

  it('takes the name that its author gave it', async () => {
    expect((await facts('x.safetensors', samples.loraFlux)).title).toBe('Kiln glow');
    expect((await facts('x.safetensors', samples.loraXl)).title).toBe('Clay figures');
  });

  it('reads GGUF as far as its name, and not the lists after it', async () => {
    const flux = gguf({ 'general.architecture': 'flux', 'general.name': 'Flux Q4' });
    expect(await facts('x.gguf', flux)).toMatchObject({
      format: 'gguf',
      kind: 'diffusion_model',
      base: 'Flux',
      title: 'Flux Q4',
    });
    expect(await facts('x.gguf', gguf({ 'general.architecture': 't5encoder' }))).toMatchObject({
      kind: 'text_encoder',
      base: '',
    });
  });

  it('does not read a pickle, and says that it is one', async () => {
    const { format, most } = await facts('model.ckpt', new Uint8Array(100));
    expect({ format, most }).toEqual({ format: 'pickle', most: 0 });
  });
});

describe('a hostile or broken file', () => {
  const whole = samples.sdxl;

  it.each(Array.from({ length: 20 }, (_, n) => Math.floor((whole.length * n) / 20)))(
    'cut off after %i bytes says so',
    async (length) => {
      expect((await facts('x.safetensors', whole.slice(0, length))).problem).toMatch(/cut off|damaged/);
    },
  );

  it('that claims a header of 100 MB is not believed, and not read', async () => {
    const lying = claiming(100_000_000n, whole);
    expect(await facts('x.safetensors', lying)).toMatchObject({
      problem: expect.stringContaining('header claims 100 MB'),
      most: 8,
    });
    expect(await facts('x.safetensors', lying, 200_000_000)).toMatchObject({
      problem: expect.stringContaining('no honest'),
      most: 8,
    });
  });

  it.each([0n, 1n, 10n, 2n ** 63n, 2n ** 64n - 1n])(
    'with the length %i is told as broken',
    async (length) => {
      expect((await facts('x.safetensors', claiming(length, whole))).problem).not.toBe('');
    },
  );

  it.each([
    ['{"__proto__":{"data_offsets":[0,1]}}', ''],
    ['{"a":null,"b":7,"c":[]}', ''],
    ['{"a":{"shape":"x","data_offsets":"y"}}', ''],
    ['[]', 'damaged'],
    ['nonsense', 'damaged'],
    [`${'['.repeat(100_000)}`, 'damaged'],
  ])('with the header %.40s throws nothing', async (json, problem) => {
    const text = new TextEncoder().encode(json);
    const bytes = new Uint8Array(8 + text.length + 1);
    bytes.set(text, 8);
    const found = await facts('x.safetensors', claiming(BigInt(text.length), bytes));
    expect(found.problem).toContain(problem);
  });

  it('of GGUF that ends anywhere, or claims texts without end, throws nothing', async () => {
    const head = gguf({ 'general.architecture': 'flux' });
    for (let length = 0; length < head.length; length += 1) {
      expect((await facts('x.gguf', head.slice(0, length))).format).toBe('gguf');
    }
    const endless = head.slice();
    new DataView(endless.buffer).setBigUint64(24, 2n ** 62n, true);
    expect(await facts('x.gguf', endless)).toMatchObject({ kind: 'unknown', problem: '' });
    expect((await facts('x.gguf', samples.sdxl)).problem).toContain('does not begin');
  });

  it('with ten thousand tensors of long names is read in no time that counts', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`${'x'.repeat(200)}${n}`, [1]]),
    );
    expect(await facts('x.safetensors', safetensors(many))).toMatchObject({ kind: 'unknown' });
  });
});

describe('paths', () => {
  it.each([
    ['models/checkpoints/a.safetensors', 'checkpoints/a.safetensors'],
    ['checkpoints\\sub\\a.safetensors', 'checkpoints/sub/a.safetensors'],
    ['unet/a.gguf', 'diffusion_models/a.gguf'],
    ['clip/a.safetensors', 'text_encoders/a.safetensors'],
  ])('%s is %s', (path, same) => expect(modelPathOf(path)).toBe(same));

  it.each(['checkpoints/a.safetensors', 'loras/style/b (1).gguf', 'vae/ü.pt'])('%s may be written', (path) =>
    expect(isSafeModelPath(path)).toBe(true),
  );

  it.each([
    ...['../a.safetensors', 'checkpoints/../../a.safetensors', '/etc/a.safetensors', 'a.safetensors'],
    ...['checkpoints/.hidden.pt', 'checkpoints//a.pt', 'C:/a.pt', 'checkpoints\\a.pt', 'checkpoints/a.py'],
    ...['custom_nodes/a.bin', 'checkpoints/a.pt.', 'checkpoints/a\u0000.pt', `loras/${'x'.repeat(600)}.pt`],
  ])('%s may not', (path) => expect(isSafeModelPath(path)).toBe(false));
});
