// A stand-in for ComfyUI's main.py, for tests that need real processes and no Python: the "Python" is Node and main.py
// loads this file. It prints what ComfyUI prints, then runs the starter engine in itself, or misbehaves as
// FAKE_MODE says: exit, crash, kill, term, vram, memory, driver, reset, disk, option, missing, hang, pack-hang, spin,
// flood, gigabyte (200 MB of lines in the middle of a run), deaf, grandchild, port, module, late. A file `changes.json`
// beside main.py makes another version of it: pictures of another colour (`tint`), nodes that are gone (`without`).
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const say = (text) => process.stderr.write(`${text}\n`);
const args = process.argv.slice(2);
const argument = (name) => args[args.indexOf(name) + 1];
const modeFile = join(process.cwd(), 'mode');
const mode = existsSync(modeFile) ? readFileSync(modeFile, 'utf8').trim() : (process.env.FAKE_MODE ?? '');

if (args.includes('--help')) {
  process.stdout.write(`usage: main.py [-h] [--listen [IP]] [--port PORT]

options:
  -h, --help            show this help message and exit
  --listen [IP]         Specify the IP address to listen on
  --port PORT           Set the listen port.
  --base-directory BASE_DIRECTORY
                        Set the ComfyUI base directory.
  --extra-model-paths-config PATH [PATH ...]
                        Load one or more extra_model_paths.yaml files.
  --disable-auto-launch
                        Disable auto launching the browser.
  --preview-method [none,auto,latent2rgb,taesd]
                        Default preview method for sampler nodes.
  --cuda-device DEVICE_ID
                        Set the id of the cuda device this instance will use.
  --database-url DATABASE_URL
                        Specify the database URL.
  --lowvram             Split the unet in parts to use less vram.
  --cpu                 To use the CPU for everything (slow).
`);
  process.exit(0);
}

const last = (words, code = 1) => {
  say(words);
  process.exit(code);
};
const endings = {
  exit: () => process.exit(1),
  vram: () => last('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.'),
  memory: () => last('MemoryError'),
  driver: () => last('RuntimeError: Found no NVIDIA driver on your system.'),
  reset: () => last('RuntimeError: CUDA error: unspecified launch failure'),
  disk: () => last('OSError: [Errno 28] No space left on device'),
  option: () => last('main.py: error: unrecognized arguments: --shiny', 2),
  missing: () => process.exit(127),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  term: () => process.kill(process.pid, 'SIGTERM'),
  module: () => {
    say(
      'Traceback (most recent call last):\n  File "/x/custom_nodes/shiny-pack/__init__.py", line 3, in <module>',
    );
    say("ModuleNotFoundError: No module named 'shiny'");
    process.exit(1);
  },
  port: () =>
    last(
      "OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8188): address already in use",
    ),
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  hang: () => setInterval(() => undefined, 60_000),
};
const importing = {
  // As Python's fault handler prints it.
  'pack-hang': () => {
    process.on('SIGABRT', () => {
      say('Fatal Python error: Aborted\n');
      say('Current thread 0x00007f (most recent call first):');
      say('  File "/x/custom_nodes/shiny-pack/__init__.py", line 4 in <module>');
      process.exit(134);
    });
    return setInterval(() => undefined, 60_000);
  },
  spin: () => {
    for (;;);
  },
};

say('Total VRAM 24105 MB, total RAM 24105 MB');
say('pytorch version: 2.13.0+cpu');
say('Device: cpu');
say('Python version: 3.11.7 (main, May  9 2026, 07:35:25) [GCC 12.2.0]');
say('ComfyUI version: 0.3.64');
if (mode === 'flood') for (let line = 0; line < 50_000; line += 1) say(`flood ${line} ${'x'.repeat(80)}`);
if (mode === 'deaf') process.on('SIGTERM', () => undefined);
if (mode === 'grandchild')
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', process.cwd()], { stdio: 'ignore' });
// Slower than the patience of the tests, but it prints: no reason to give it up.
if (mode === 'late') {
  for (let step = 0; step < 8; step += 1) {
    say(`loading ${step}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
// A promise that never comes: what follows is not reached, what was set up goes on.
if (importing[mode]) await new Promise(() => importing[mode]());
say('\nImport times for custom nodes:');
say('   0.0 seconds: /x/custom_nodes/tidy-pack');
say('   1.5 seconds (IMPORT FAILED): /x/custom_nodes/broken-pack\n');
if (endings[mode]) endings[mode]();
else {
  const changesFile = join(process.cwd(), 'changes.json');
  const { tint = 0, without = [] } = existsSync(changesFile)
    ? JSON.parse(readFileSync(changesFile, 'utf8'))
    : {};
  const { nodes } = await import('../../../../electron/starter-engine/nodes/index.ts');
  for (const type of without) nodes.splice(nodes.indexOf(nodes.find((node) => node.type === type)), 1);
  const empty = nodes.find(({ type }) => type === 'EmptyImage');
  const { run } = empty;
  empty.run = (inputs, context) => run({ ...inputs, color: inputs.color + tint }, context);
  process.argv = [
    process.argv[0],
    'main.py',
    ...['--listen', argument('--listen'), '--port', argument('--port'), '--base-directory'],
    args.includes('--base-directory') ? argument('--base-directory') : process.cwd(),
    // The starter engine repeats its arguments; this one says whose it is.
    ...['--token', argument('--extra-model-paths-config'), '--probe-nodes'],
  ];
  await import(resolve(import.meta.dirname, '../../../../electron/starter-engine/main.ts'));
  if (mode === 'gigabyte') {
    const flood = `const lines = ('x'.repeat(99) + '\\n').repeat(10_000);
      for (let n = 0; n < 200; n += 1) require('node:fs').writeSync(2, lines);
      require('node:fs').writeSync(2, 'the flood is over\\n');`;
    spawn(process.execPath, ['-e', flood], { stdio: 'inherit' });
  }
  if (mode === 'deaf') process.removeAllListeners('SIGTERM').on('SIGTERM', () => undefined);
}
