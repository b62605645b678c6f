import type { FoundEngine, InstallPlanReply } from '#shared/wire/engine-adding.ts';
import type { PackItem, PackPlanReply, UpdatePlanReply } from '#shared/wire/engine-changes.ts';
import type { MissingPackItem } from '#shared/wire/engine-missing.ts';
import { type EngineCard, type EngineLog, type LaunchReport, launchOptions } from '#shared/wire/engines.ts';
import type { ScriptedAgent } from './scripted-agent.ts';

/** Engines as an agent reports them, in every state that a page has to show. */

export const gpu = {
  name: 'NVIDIA GeForce RTX 4090',
  type: 'cuda',
  vram_total: 25_757_220_864,
  vram_free: 14_200_000_000,
  index: 0,
};

/** The same as the machine tells it. */
export const measured = { ...gpu, load_percent: 97, temperature_c: 68, power_w: 402, power_limit_w: 450 };

export const launched: LaunchReport = {
  stage: 'ready',
  python: '3.12.11',
  torch: '2.9.0+cu128',
  device: 'cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync',
  version: '0.3.64',
  packs: [
    { name: 'ComfyUI-Impact-Pack', seconds: 3.2, failed: false },
    { name: 'rgthree-comfy', seconds: 0.4, failed: false },
    { name: 'was-node-suite-comfyui', seconds: 8.9, failed: false },
    {
      name: 'ComfyUI-ReActor',
      seconds: 0.1,
      failed: true,
      error: "ModuleNotFoundError: No module named 'insightface'",
    },
  ],
};

export const ready: EngineCard = {
  engine_id: 'comfyui',
  kind: 'install',
  place: '/home/ada/.local/share/atelier/engines/comfyui',
  state: 'ready',
  reason: '',
  serves: true,
  version: '0.3.64',
  commit: '1a2b3c4d5e6f7081928374655647382910abcdef',
  pytorch_version: '2.9.0+cu128',
  python: '/home/ada/.local/share/atelier/engines/comfyui/environment/bin/python',
  url: 'http://127.0.0.1:41873',
  pid: 48_213,
  devices: [
    {
      ...gpu,
      name: `cuda:0 ${gpu.name} : cudaMallocAsync`,
      torch_vram_total: 10_400_000_000,
      torch_vram_free: 1_900_000_000,
    },
  ],
  queue_remaining: 3,
  running_tasks: 1,
  options: launchOptions.parse({ vram: 'normalvram', extra: ['--fast'] }),
  starting_since: null,
  launch: launched,
  job: null,
  candidate: null,
  can_switch_back: false,
};

const down = { url: '', pid: null, devices: [], queue_remaining: null, running_tasks: 0 } as const;

export const starter: EngineCard = {
  ...ready,
  engine_id: 'starter',
  kind: 'starter',
  place: '',
  version: '0.1.0',
  commit: '',
  pytorch_version: '',
  python: '',
  devices: [],
  queue_remaining: 0,
  running_tasks: 0,
  options: null,
  launch: null,
};

export const stopped: EngineCard = {
  ...ready,
  ...down,
  devices: [],
  engine_id: 'flux-box',
  kind: 'adopt',
  place: '/home/ada/ComfyUI',
  state: 'stopped',
  serves: false,
};

export const starting: EngineCard = {
  ...ready,
  ...down,
  devices: [],
  state: 'starting',
  reason: 'Node packs are being imported.',
  launch: { ...launched, stage: 'node packs', packs: [] },
};

const fix =
  'Choose the VRAM mode "lowvram" or "novram", make smaller pictures, or end other programs that use the GPU.';
export const crashed: EngineCard = {
  ...ready,
  ...down,
  devices: [],
  state: 'crashed',
  cause: 'out_of_vram',
  reason:
    'The engine "comfyui" stopped. The graphics memory ran out. ' +
    'Its last words: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.".',
  fix,
  launch: launched,
};

export const brokenPack: EngineCard = {
  ...crashed,
  cause: 'missing_module',
  reason: 'The Python module "insightface" is missing.',
  fix: 'Install the requirements of the node pack "ComfyUI-ReActor" into this engine\'s Python, or disable the pack.',
  pack: 'ComfyUI-ReActor',
  launch: { ...launched, stage: 'node packs', packs: [] },
};

const steps = ['source', 'environment', 'torch', 'requirements', 'first start'];
const reached = (count: number, last: 'running' | 'failed') =>
  steps.map((name, place) => ({
    name,
    state: place < count ? ('done' as const) : place === count ? last : ('waiting' as const),
  }));

/** @param startedAt when it began. */
export const failedPack = (startedAt: string): EngineCard => ({
  ...ready,
  job: {
    kind: 'pack',
    title: 'Installing the node pack "ComfyUI-Florence2"',
    state: 'failed',
    steps: [
      { name: 'snapshot', state: 'done' },
      { name: 'dependencies', state: 'failed' },
      { name: 'pack', state: 'waiting' },
    ],
    line: 'ERROR: Could not find a version that satisfies the requirement timm==1.0.22',
    error: 'pip could not install what the pack needs. The packages of the engine are as they were.',
    started_at: startedAt,
  },
});

export const brokenCandidate: NonNullable<EngineCard['candidate']> = {
  ...{ version: '0.3.71', commit: 'fedcba09', state: 'ready', verdict: 'broken' },
  canaries: [
    { name: 'Product turntable', verdict: 'same', words: '', duration_ratio: 0.98 },
    { name: 'Old portrait', verdict: 'broken', words: 'The engine has no node type "OldBlur".' },
  ],
};

/** @param startedAt when it began: the page counts on from there. */
export const installing = (startedAt: string): EngineCard => ({
  ...ready,
  ...down,
  devices: [],
  state: 'incomplete',
  version: '',
  commit: '',
  pytorch_version: '',
  launch: null,
  job: {
    kind: 'install',
    title: 'Installing ComfyUI',
    state: 'running',
    steps: reached(2, 'running'),
    line: 'Downloading torch-2.9.0+cu128-cp312-cp312-manylinux_2_28_x86_64.whl (899.8 MB)',
    error: '',
    started_at: startedAt,
  },
});

export const brokenOff = (startedAt: string): EngineCard => {
  const { job, ...rest } = installing(startedAt);
  return {
    ...rest,
    job: job && {
      ...job,
      state: 'failed',
      steps: reached(2, 'failed'),
      line: 'error: No space left on device (os error 28)',
      error: 'The disk is full. Free about 9 GB, then go on: what is downloaded is kept.',
    },
  };
};

export const candidate: EngineCard['candidate'] = {
  version: '0.3.71',
  commit: 'fedcba0987654321fedcba0987654321fedcba09',
  state: 'ready',
  verdict: 'look',
  canaries: [
    { name: 'Portrait, soft light', verdict: 'same', words: '', duration_ratio: 0.92 },
    {
      name: 'Product turntable',
      verdict: 'differs',
      words: '4 % of the pixels differ, at most by 12 of 255: most likely a sampler that rounds otherwise.',
      duration_ratio: 1.01,
    },
    {
      name: 'Old upscaler',
      verdict: 'was broken before',
      words: 'Needs the node UltimateSDUpscale, which neither version has.',
    },
  ],
};

export const updating = (startedAt: string): EngineCard => ({
  ...ready,
  candidate: { version: '0.3.71', commit: 'fedcba09', state: 'preparing', verdict: 'untried', canaries: [] },
  job: {
    kind: 'update',
    title: 'Making ComfyUI 0.3.71 beside 0.3.64',
    state: 'running',
    steps: ['Copy', 'Source', 'Requirements', 'First start', 'Starred workflows'].map((name, place) => ({
      name,
      state: place < 4 ? ('done' as const) : ('running' as const),
    })),
    line: 'Trying "Product turntable" on 0.3.71',
    error: '',
    started_at: startedAt,
  },
});

export const found: FoundEngine[] = [
  {
    path: '/home/ada/ComfyUI',
    python: '/home/ada/ComfyUI/.venv/bin/python',
    base: null,
    origin: 'Git checkout',
    version: '0.3.64',
    known_as: null,
  },
  {
    path: '/home/ada/StabilityMatrix/Packages/ComfyUI',
    python: null,
    base: null,
    origin: 'Stability Matrix',
    version: '0.3.51',
    known_as: null,
  },
];

export const plan: InstallPlanReply = {
  engine_id: 'comfyui',
  folder: '/home/ada/.local/share/atelier/engines/comfyui',
  source: 'https://git.example.org/ComfyUI.git',
  source_kind: 'git',
  commit: null,
  python: { version: '3.12.11', executable: '/usr/bin/python3.12' },
  installer: 'uv',
  torch: {
    build: 'cuda',
    why: 'nvidia-smi shows a GeForce RTX 4090 with driver 580.65, which runs CUDA 12.8',
    index: null,
    packages: ['torch', 'torchvision', 'torchaudio'],
  },
  disk_needed: 15e9,
  disk_free: 212e9,
  minutes: 11,
  done_before: [],
  problems: [],
};

export const packs: PackItem[] = [
  ...launched.packs.map((pack, place) => ({
    name: pack.name,
    enabled: true,
    version: ['8.25.1', '1.0.0', '', '0.6.2'][place] ?? '',
    commit: `${place}c0ffee0c0ffee0c0ffee0`,
    remote: `https://git.example.org/${pack.name}.git`,
    changed: place === 1,
    import: pack,
  })),
  {
    name: 'comfyui-old-nodes',
    enabled: false,
    version: '',
    commit: '',
    remote: '',
    changed: false,
    import: null,
  },
];

const wanted = (workflow_id: string, display_name: string) => ({ workflow_id, display_name });
const lacking: MissingPackItem = {
  ...{ pack: '', source: '', version: '', known: 'file', of_comfyui: false, others: [], there: null },
  node_types: [],
  needed_by: [wanted('019abc12-3456-7890-abcd-ef1234567890', 'Product turntable')],
};
/** One of each kind: to be installed, of which several are known, disabled, put in just now, too old, unknown, made up. */
export const missing: MissingPackItem[] = [
  {
    ...{ ...lacking, pack: 'comfyui-florence2', source: 'comfyui-florence2', version: '1.0.6' },
    node_types: ['Florence2Run', 'DownloadAndLoadFlorence2Model'],
    needed_by: [
      ...lacking.needed_by,
      wanted('019abc12-3456-7890-abcd-ef1234567891', 'Caption a folder of portraits'),
    ],
  },
  {
    ...{ ...lacking, known: 'index', pack: 'https://git.example.org/kj/ComfyUI-KJNodes' },
    source: 'https://git.example.org/kj/ComfyUI-KJNodes',
    node_types: [
      'ColorMatch',
      'GrowMask',
      'ImageResizeKJ',
      'SetNode',
      'GetNode',
      'BatchCrop',
      'PointsEditor',
    ],
    others: ['https://git.example.org/fork/ComfyUI-KJNodes'],
  },
  {
    ...{ ...lacking, pack: 'comfyui-old-nodes', node_types: ['OldBlur'] },
    there: { name: 'comfyui-old-nodes', enabled: false, failed: false, error: '' },
  },
  {
    ...{ ...lacking, pack: 'rgthree-comfy', node_types: ['Power Lora Loader (rgthree)'] },
    there: { name: 'rgthree-comfy', enabled: true, failed: false, error: '' },
  },
  {
    ...lacking,
    others: [],
    pack: 'comfy-core',
    version: '0.3.71',
    of_comfyui: true,
    node_types: ['WanMove'],
  },
  { ...lacking, pack: '', known: 'unknown', node_types: ['MyOwnNode'] },
];

export const packPlan: PackPlanReply = {
  plan_id: '5ad1c0ffee5ad1c0',
  name: 'ComfyUI-Florence2',
  source: 'https://git.example.org/ComfyUI-Florence2.git',
  commit: '0123456789abcdef',
  replaces: null,
  packages: [
    { name: 'timm', from: null, to: '1.0.22', guarded: false },
    { name: 'torch', from: '2.9.0+cu128', to: '2.6.0', guarded: true },
  ],
  install_script: true,
  problems: [],
};

export const updatePlan: UpdatePlanReply = {
  from: { version: '0.3.64', commit: ready.commit },
  to: { version: '0.3.71', commit: 'fedcba0987654321fedcba0987654321fedcba09' },
  commits: 84,
  requirements: ['-comfyui-frontend-package==1.27.10', '+comfyui-frontend-package==1.28.8'],
  disk_needed: 1.2e9,
  disk_free: 212e9,
  problems: [],
};

const said = `** ComfyUI startup time: 2026-11-25 07:02:11
** Python version: 3.12.11
Checkpoint files will always be loaded safely.
Total VRAM 24564 MB, total RAM 64221 MB
pytorch version: 2.9.0+cu128
Device: cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync
WARNING: some comfy_api_nodes are missing dependencies
Traceback (most recent call last):
  File "/home/ada/ComfyUI/custom_nodes/ComfyUI-ReActor/__init__.py", line 4, in <module>
    import insightface
ModuleNotFoundError: No module named 'insightface'
Cannot import /home/ada/ComfyUI/custom_nodes/ComfyUI-ReActor module for custom nodes: No module named 'insightface'
Import times for custom nodes:
   0.4 seconds: /home/ada/ComfyUI/custom_nodes/rgthree-comfy
   8.9 seconds: /home/ada/ComfyUI/custom_nodes/was-node-suite-comfyui
Starting server
To see the GUI go to: http://127.0.0.1:41873
got prompt
100%|██████████████████████████████| 20/20 [00:04<00:00,  4.71it/s]
Prompt executed in 5.12 seconds`.split('\n');

const levelOf = (text: string) =>
  /Error|Traceback|Cannot import/.test(text) ? 'error' : /WARNING/.test(text) ? 'warning' : 'info';

/** What the log says from the beginning on, by what is asked; `more` is what has been said since. */
export function logOf(
  more: readonly string[] = [],
): (ask: { query: { search?: string | undefined; level: string; after?: number | undefined } }) => EngineLog {
  return ({ query }) => {
    const all = [...said, ...more];
    const lines = all
      .slice(query.after ?? 0)
      .map((text) => ({ text, level: levelOf(text) }) as const)
      .filter(({ text }) => !query.search || text.toLowerCase().includes(query.search.toLowerCase()))
      .filter(({ level }) => query.level === 'all' || level === 'error' || level === query.level);
    return { lines, next: all.length, reset: false };
  };
}

/** Answers everything a page may ask with something sensible. */
export function answerAll(agent: ScriptedAgent): void {
  agent.answer('discover', { found });
  agent.answer('plan', plan);
  agent.answer('log', logOf());
  agent.answer('list_packs', { pack_list: packs });
  agent.answer('missing_packs', { missing_list: [] });
  agent.answer('install_pack', packPlan);
  agent.answer('prepare_update', updatePlan);
  agent.answer('settings', {
    options: ready.options ?? launchOptions.parse({}),
    env_names: ['HF_TOKEN'],
    offered: {
      '--lowvram': [],
      '--normalvram': [],
      '--novram': [],
      '--highvram': [],
      '--cpu': [],
      '--fast': [],
      '--use-pytorch-cross-attention': [],
      '--use-split-cross-attention': [],
      '--preview-method': ['none', 'auto', 'latent2rgb', 'taesd'],
      '--reserve-vram': [],
      '--cuda-device': [],
      '--disable-all-custom-nodes': [],
    },
  });
  agent.answer('list_snapshots', {
    snapshot_list: [
      {
        snapshot_id: 's2',
        taken_at: '2026-11-24T18:20:00.000Z',
        reason: 'Before installing ComfyUI-ReActor',
        version: '0.3.64',
        commit: ready.commit,
        package_count: 187,
        pack_count: 3,
      },
      {
        snapshot_id: 's1',
        taken_at: '2026-11-20T09:00:00.000Z',
        reason: 'Before the update to 0.3.64',
        version: '0.3.58',
        commit: 'aaaabbbbccccdddd',
        package_count: 171,
        pack_count: 2,
      },
    ],
  });
  agent.answer('restore', {
    commit: { from: ready.commit, to: 'aaaabbbbccccdddd' },
    packages_to_install: ['torch==2.8.0+cu128', 'transformers==4.55.2'],
    packages_to_remove: ['insightface==0.7.3'],
    packs: [{ name: 'ComfyUI-ReActor', change: 'is moved aside' }],
    settings: true,
    beyond: ['The node pack "old" was never in git, so its files can’t be brought back.'],
    changes_nothing: false,
  });
}
