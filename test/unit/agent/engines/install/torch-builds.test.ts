import { describe, expect, it } from 'vitest';
import {
  cudaSource,
  indexOfLabel,
  readNvidia,
  torchSource,
} from '../../../../../electron/agent/engines/install/torch-builds.ts';

const xml = (cuda: string): string =>
  `<?xml version="1.0" ?>\n<nvidia_smi_log>\n<driver_version>570.1</driver_version>\n\t<cuda_version>${cuda}</cuda_version>\n</nvidia_smi_log>`;

describe('the PyTorch build for a GPU', () => {
  it.each([
    ['13.1', '8.9', 'cu130', 'CUDA up to 13.1'],
    ['13.0', '12.0', 'cu130', 'CUDA up to 13.0'],
    ['13.0', '6.1', 'cu126', 'capability 6.1 needs the CUDA 12.6 build'],
    ['13.0', '8.6\n6.1', 'cu126', 'capability 6.1'],
    ['12.8', '8.9', 'cu126', 'series 580 or newer'],
    ['12.8', '12.0', 'cu128', 'PyTorch up to 2.11'],
    ['12.4', '8.6', 'cu126', 'CUDA up to 12.4'],
    ['11.8', '8.6', 'cu126', 'too old for any build of today'],
    ['13.0', 'N/A', 'cu130', 'CUDA up to 13.0'],
  ])('with a driver for CUDA %s and capability %j is %s', (cuda, capabilities, build, words) => {
    const found = cudaSource(readNvidia(xml(cuda), capabilities));
    expect(found.index).toBe(`https://download.pytorch.org/whl/${build}`);
    expect(found.why).toContain(words);
  });

  it('is the stable one when the driver tells nothing', () => {
    expect(readNvidia(undefined, '8.9')).toBeUndefined();
    expect(readNvidia(xml('N/A'), '8.9')).toBeUndefined();
    expect(torchSource('cuda', undefined).index).toContain('cu130');
  });

  it('is one for each other kind, and none where the registry has it', () => {
    expect(torchSource('rocm', undefined)).toEqual({ index: 'https://download.pytorch.org/whl/rocm7.2' });
    expect(torchSource('mps', undefined)).toEqual({ index: null });
  });

  it('is known again by the label of its version', () => {
    expect(indexOfLabel('torch==2.14.0+cu130')).toBe('https://download.pytorch.org/whl/cu130');
    expect(indexOfLabel('torch==2.13.0+rocm7.2')).toBe('https://download.pytorch.org/whl/rocm7.2');
    expect(indexOfLabel('torch==2.14.0')).toBeNull();
    expect(indexOfLabel('torch==2.14.0+mine')).toBeNull();
  });
});
