import type { ModelFacts, ReadBytes } from './facts.ts';
import { baseByMetadata, recognise, type Tensors } from './recognise.ts';

/** A header may have 100 MB by the format; those of the largest models there are stay below 4 MB. */
const mostHeader = 32 * 1024 * 1024;

type Found = Partial<ModelFacts>;

const wrong = (problem: string): Found => ({ problem });
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;

/** The header of a safetensors file: 8 bytes of length, then JSON of tensors, then their bytes. */
export async function readSafetensors(size: number, read: ReadBytes): Promise<Found> {
  const head = await read(0, 8);
  if (size < 10 || head.length < 8)
    return wrong(`The file ends after ${size} bytes: it is cut off. Fetch it again.`);
  const length = Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true));
  if (length > size - 8) {
    return wrong(
      `Its header claims ${megabytes(length)}, but the file has ${megabytes(size)}: it is cut off, or no safetensors file.`,
    );
  }
  if (length > mostHeader || length < 2) {
    return wrong(`Its header claims ${megabytes(length)}: no honest safetensors file has that.`);
  }
  const header = parse(await read(8, 8 + length));
  if (!header) return wrong('Its header is not what safetensors files have: the file is damaged.');
  const { __metadata__: said, ...tensors } = header;
  const metadata = texts(said);
  const missing = end(tensors) - (size - 8 - length);
  const { kind, base } = recognise(tensors as Tensors, metadata);
  return {
    kind,
    base: baseByMetadata(metadata) || base,
    title: (metadata['modelspec.title'] ?? metadata.ss_output_name ?? '').slice(0, 200),
    problem:
      missing > 0
        ? `The file is cut off: ${megabytes(missing)} of its bytes are missing. Fetch it again.`
        : '',
  };
}

function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function texts(said: unknown): Record<string, string> {
  if (typeof said !== 'object' || said === null) return {};
  const pairs = Object.entries(said).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Where the last tensor ends, counted from the end of the header. */
function end(tensors: Readonly<Record<string, unknown>>): number {
  let last = 0;
  for (const tensor of Object.values(tensors)) {
    const offsets = (tensor as { data_offsets?: unknown } | null)?.data_offsets;
    const to: unknown = Array.isArray(offsets) ? offsets[1] : undefined;
    if (typeof to === 'number' && Number.isFinite(to)) last = Math.max(last, to);
  }
  return last;
}
