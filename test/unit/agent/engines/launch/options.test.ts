import { describe, expect, it } from 'vitest';
import { launchOptions } from '#shared/wire/engines.ts';
import {
  optionArguments,
  optionProblems,
  readHelp,
} from '../../../../../electron/agent/engines/launch/options.ts';

const help = `usage: main.py [-h] [--listen [IP]] [--gpu-only | --lowvram]

options:
  -h, --help            show this help message and exit
  --listen [IP]         Specify the IP; --nonsense in a description is no option
  --lowvram             Split the unet in parts to use less vram.
  --preview-method [none,auto,latent2rgb,taesd]
                        Default preview method for sampler nodes.
  --use-sage-attention  Use sage attention.
  --default-hashing-function {md5,sha1,sha256,sha512}
                        --not-an-option begins this line of a description
  --reserve-vram RESERVE_VRAM
                        Set the amount of vram in GB.
`;

describe('launch options', () => {
  const offered = readHelp(help);
  const check = (options: object) => optionProblems(launchOptions.parse(options), offered);

  it('reads flags and choices from the help, and nothing from descriptions', () => {
    expect(offered.flags).toEqual({
      '-h': [],
      '--help': [],
      '--listen': [],
      '--lowvram': [],
      '--preview-method': ['none', 'auto', 'latent2rgb', 'taesd'],
      '--use-sage-attention': [],
      '--default-hashing-function': ['md5', 'sha1', 'sha256', 'sha512'],
      '--reserve-vram': [],
    });
  });

  it('turns a form into arguments', () => {
    const options = launchOptions.parse({
      vram: 'lowvram',
      attention: 'sage',
      device: 1,
      idle_free_s: 60,
      extra: ['--fast'],
    });
    expect(optionArguments(options)).toEqual([
      ...['--lowvram', '--preview-method', 'auto', '--use-sage-attention', '--cuda-device', '1', '--fast'],
    ]);
  });

  it('takes what the checkout offers, negative numbers and values with = included', () => {
    expect(
      check({ vram: 'lowvram', extra: ['--reserve-vram', '-1', '--default-hashing-function=md5'] }),
    ).toEqual([]);
  });

  it.each([
    [{ extra: ['--lowvrm'] }, 'does not know --lowvrm. Did you mean --lowvram?'],
    [{ extra: ['--rezerve-vramm', '1'] }, 'Did you mean --reserve-vram?'],
    [{ extra: ['--xyz'] }, 'does not know --xyz.'],
    [{ extra: ['--port', '80'] }, '--port is decided by Atelier'],
    [{ extra: ['--listen=0.0.0.0'] }, '--listen is decided by Atelier'],
    [{ extra: ['--default-hashing-function', 'crc'] }, 'takes md5, sha1, sha256, sha512, not "crc"'],
    [{ device: 0 }, 'does not know --cuda-device'],
  ])('refuses %o', (options, words) => {
    expect(check(options).join(' ')).toContain(words);
  });
});
