import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { childEnvironment } from '../processes.ts';
import type { TorchBuild } from './request.ts';
import { type NvidiaFacts, readNvidia } from './torch-builds.ts';

/** pip reads hundreds of files before it prints, which takes its time on a busy machine. */
export const pipPatienceMs = 180_000;

/** Output of a small tool; `undefined` when it is not there, fails or hangs. */
export function ask(file: string, args: readonly string[], patienceMs = 15_000): Promise<string | undefined> {
  const options = { env: childEnvironment(), timeout: patienceMs, killSignal: 'SIGKILL' as const };
  return promisify(execFile)(file, args, options).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

const pythonFacts = z.object({ version: z.string(), executable: z.string(), venv: z.boolean() });
export type PythonFacts = z.infer<typeof pythonFacts>;

const factsProgram = [
  'import importlib.util as u, json, platform, sys',
  'print(json.dumps({"version": platform.python_version(), "executable": sys.executable, "venv": all(u.find_spec(m) for m in ("venv", "ensurepip"))}))',
].join('\n');

/** Newest that the usual packages have wheels for, first. */
const candidates = ['python3.12', 'python3.13', 'python3.11', 'python3.10', 'python3', 'python'];

/** Whether ComfyUI runs on it. */
const fits = ({ version }: PythonFacts): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= 10;
};

/** The Python that is named, or the first fitting one of the machine. */
export async function findPython(named?: string): Promise<PythonFacts | undefined> {
  for (const file of named ? [named] : candidates) {
    const said = await ask(file, ['-c', factsProgram]);
    if (said === undefined) continue;
    const facts = pythonFacts.safeParse(JSON.parse(said.split('\n').at(-1) ?? ''));
    if (facts.success && fits(facts.data)) return facts.data;
  }
  return undefined;
}

export interface Accelerator {
  readonly build: TorchBuild;
  /** What was seen, for people. */
  readonly seen: string;
  readonly nvidia?: NvidiaFacts | undefined;
}

/** The GPU of this machine as PyTorch counts them. */
export async function findAccelerator(): Promise<Accelerator> {
  if (process.platform === 'darwin' && process.arch === 'arm64')
    return { build: 'mps', seen: 'Apple silicon' };
  const nvidia = await ask('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']);
  if (nvidia) {
    const [xml, capabilities] = await Promise.all([
      ask('nvidia-smi', ['-q', '-x']),
      ask('nvidia-smi', ['--query-gpu=compute_cap', '--format=csv,noheader']),
    ]);
    const seen = nvidia.split('\n')[0] ?? 'NVIDIA';
    return { build: 'cuda', seen, nvidia: readNvidia(xml, capabilities) };
  }
  const amd = await ask('rocminfo', []);
  const name = amd && /Marketing Name:\s*(.*(?:Radeon|Instinct).*)/.exec(amd)?.[1];
  if (name) return { build: 'rocm', seen: name.trim() };
  const intel = await ask('xpu-smi', ['discovery']);
  if (intel?.includes('Device Name')) return { build: 'xpu', seen: 'Intel GPU' };
  return { build: 'cpu', seen: 'no GPU found' };
}
