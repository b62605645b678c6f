import type { ModelFacts, ReadBytes } from './facts.ts';

/** Name and architecture come first; the long lists of words that follow are not read. */
const mostRead = 256 * 1024;
const mostPairs = 1000;

/** Sizes of GGUF's values by their type; 8 is a text, 9 a list. */
const widths: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1 },
  ...{ 10: 8, 11: 8, 12: 8 },
};

const encoders = /^(t5|t5encoder|clip|llama|qwen2(vl)?|qwen3(vl)?|gemma\d?|mistral3?)$/;

const families: Readonly<Record<string, string>> = {
  sd1: 'SD 1.5',
  sdxl: 'SDXL',
  sd3: 'SD 3',
  flux: 'Flux',
  wan: 'Wan',
  ltxv: 'LTX Video',
  hyvid: 'Hunyuan',
  hunyuan_video: 'Hunyuan',
  qwen_image: 'Qwen',
  lumina2: 'Lumina',
  chroma: 'Chroma',
};

/** The pairs at the head of a GGUF file, as far as the bytes that were read go. */
class Pairs {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  u64(): number {
    this.#at += 8;
    return Number(this.#view.getBigUint64(this.#at - 8, true));
  }

  text(): string {
    const length = this.u64();
    // Past the end this throws, as every reading past the end does.
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at, length);
    if (this.#at + length > this.#view.byteLength) throw new RangeError('past the end');
    this.#at += length;
    return new TextDecoder().decode(bytes);
  }

  /** A value of a type; texts only are of interest. `false`: a list, which is not read. */
  value(type: number): string | undefined | false {
    if (type === 8) return this.text();
    const width = widths[type];
    if (width === undefined) return false;
    this.#at += width;
    return undefined;
  }
}

export async function readGguf(size: number, read: ReadBytes): Promise<Partial<ModelFacts>> {
  const bytes = await read(0, Math.min(size, mostRead));
  if (bytes.length < 24 || new TextDecoder('latin1').decode(bytes.subarray(0, 4)) !== 'GGUF') {
    return { problem: 'It does not begin as GGUF files do: it is cut off or damaged. Fetch it again.' };
  }
  const said = pairsOf(bytes);
  const architecture = said.get('general.architecture') ?? '';
  const kind = encoders.test(architecture) ? 'text_encoder' : architecture ? 'diffusion_model' : 'unknown';
  return {
    kind,
    base: families[architecture] ?? (kind === 'diffusion_model' ? architecture.slice(0, 60) : ''),
    title: (said.get('general.name') ?? '').slice(0, 200),
  };
}

function pairsOf(bytes: Uint8Array): Map<string, string> {
  const said = new Map<string, string>();
  const pairs = new Pairs(bytes);
  try {
    pairs.u32(); // GGUF
    pairs.u32(); // its version
    pairs.u64(); // how many tensors
    const count = Math.min(pairs.u64(), mostPairs);
    for (let n = 0; n < count; n += 1) {
      const name = pairs.text();
      const value = pairs.value(pairs.u32());
      if (value === false) break;
      if (value !== undefined) said.set(name, value);
    }
  } catch {
    // The bytes end here; what was read before counts.
  }
  return said;
}
