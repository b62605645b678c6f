import { describe, expect, it } from 'vitest';
import { crashWords } from '#shared/wire/crash.ts';
import {
  classify,
  crashReportOf,
  type Ending,
} from '../../../../../electron/agent/engines/launch/crash-causes.ts';

const ending = (changes: Partial<Ending>): Ending => ({
  code: changes.signal ? null : 1,
  signal: null,
  lines: [],
  hung: false,
  oomKill: false,
  ...changes,
});

const started = ['Python version: 3.11.7', 'ComfyUI version: 0.3.64'];

const table: [string, Partial<Ending>, string, string?][] = [
  [
    'CUDA',
    { lines: ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'] },
    'out_of_vram',
  ],
  ['older torch', { lines: ['torch.cuda.OutOfMemoryError: HIP out of memory.'] }, 'out_of_vram'],
  ['MPS', { lines: ['RuntimeError: MPS backend out of memory (MPS allocated: 8 GB)'] }, 'out_of_vram'],
  ["ComfyUI's allocator", { lines: ['Allocation on device 0 would exceed allowed memory.'] }, 'out_of_vram'],
  ['the kernel', { signal: 'SIGKILL', oomKill: true }, 'out_of_memory'],
  ['the kernel, through a launcher', { code: 137, oomKill: true }, 'out_of_memory'],
  [
    'the CPU allocator',
    { lines: ["RuntimeError: DefaultCPUAllocator: can't allocate memory"] },
    'out_of_memory',
  ],
  ['Python', { lines: ['Traceback (most recent call last):', 'MemoryError'] }, 'out_of_memory'],
  ['no page file', { lines: ['OSError: [WinError 1455] The paging file is too small'] }, 'out_of_memory'],
  ['CPU torch', { lines: ['AssertionError: Torch not compiled with CUDA enabled'] }, 'driver'],
  [
    'old driver',
    { lines: ['RuntimeError: The NVIDIA driver on your system is too old (found version 11040)'] },
    'driver',
  ],
  ['no driver', { lines: ['RuntimeError: Found no NVIDIA driver on your system.'] }, 'driver'],
  [
    'wrong build',
    { lines: ['RuntimeError: CUDA error: no kernel image is available for execution'] },
    'driver',
  ],
  ['library', { lines: ['OSError: libcudart.so.12: cannot open shared object file'] }, 'driver'],
  ['requirements', { lines: ["ModuleNotFoundError: No module named 'aiohttp'"] }, 'missing_module'],
  [
    'a pack in the traceback',
    {
      lines: [
        '  File "/a b/custom_nodes/shiny-pack/nodes.py", line 3, in <module>',
        "ModuleNotFoundError: No module named 'shiny.core'",
      ],
    },
    'missing_module',
    'shiny-pack',
  ],
  [
    'a pack that ComfyUI went on without',
    {
      lines: [
        "ModuleNotFoundError: No module named 'shiny'",
        "Cannot import /x/custom_nodes/shiny module for custom nodes: No module named 'shiny'",
        'Starting server',
      ],
    },
    'unknown',
  ],
  ['port, Linux', { lines: ['OSError: [Errno 98] address already in use'] }, 'port_taken'],
  [
    'port, macOS',
    { lines: ["[Errno 48] error while attempting to bind on address ('127.0.0.1', 8188)"] },
    'port_taken',
  ],
  ['port, Windows', { lines: ['[WinError 10048] only one usage of each socket address'] }, 'port_taken'],
  ['disk', { lines: ['OSError: [Errno 28] No space left on device'] }, 'disk_full'],
  ['disk, database', { lines: ['sqlite3.OperationalError: database or disk is full'] }, 'disk_full'],
  ['option', { code: 2, lines: ['main.py: error: unrecognized arguments: --lowvrm'] }, 'bad_option'],
  ['killed', { signal: 'SIGKILL' }, 'killed'],
  ['ended', { signal: 'SIGTERM' }, 'killed'],
  ['segfault', { signal: 'SIGSEGV' }, 'segfault'],
  ['segfault, through a launcher', { code: 139 }, 'segfault'],
  ['segfault, Windows', { code: 0xc0000005 }, 'segfault'],
  [
    "segfault with the fault handler's dump",
    {
      signal: 'SIGSEGV',
      lines: [
        'Fatal Python error: Segmentation fault',
        '  File "C:\\ComfyUI\\custom_nodes\\fast_ops\\ops.py", line 9 in run',
        '  File "C:\\ComfyUI\\custom_nodes\\caller\\main.py", line 2 in go',
      ],
    },
    'segfault',
    'fast_ops',
  ],
  ['abort', { signal: 'SIGABRT' }, 'segfault'],
  ['hang while running', { signal: 'SIGKILL', hung: true }, 'hang'],
  [
    'hang in an import, with a dump',
    {
      signal: 'SIGABRT',
      hung: true,
      lines: [
        ...started,
        'Fatal Python error: Aborted',
        '  File "/x/custom_nodes/sleepy.py", line 4 in <module>',
      ],
    },
    'hang',
    'sleepy',
  ],
  [
    'the driver was reset',
    { lines: ['RuntimeError: CUDA error: unspecified launch failure'] },
    'driver_reset',
  ],
  [
    'killed after an earlier run that it survived',
    {
      signal: 'SIGKILL',
      lines: ['torch.OutOfMemoryError: CUDA out of memory.', 'Prompt executed in 2.00 seconds'],
    },
    'killed',
  ],
  ['no program', { code: 127 }, 'not_found'],
  ['something else', { code: 3, lines: ['goodbye'] }, 'unknown'],
  ['a process that was not our child', { code: null }, 'unknown'],
];

describe('classify', () => {
  it.each(table)('%s', (_title, changes, cause, pack) => {
    const report = classify(ending(changes));
    expect(report).toMatchObject({ cause, fix: expect.stringMatching(/\.$/) });
    expect(report.pack).toBe(pack);
  });

  it('says which step hung', () => {
    expect(classify(ending({ hung: true, lines: started })).what).toContain('node packs were being imported');
  });

  it('takes the first words of a dump for the last, not its lists of calls and modules', () => {
    const lines = [
      'Fatal Python error: Segmentation fault',
      '  File "/x/main.py", line 367 in <module>',
      `Extension modules: ${'scipy._lib, '.repeat(100)}`,
    ];
    expect(crashReportOf('It', ending({ signal: 'SIGSEGV', lines })).what).toBe(
      'It stopped. It crashed in native code (SIGSEGV). Its last words: "Fatal Python error: Segmentation fault".',
    );
    expect(crashReportOf('It', ending({ lines: ['y'.repeat(9000)] })).what.length).toBeLessThan(500);
  });

  it('names the pack that hung on import, and what it said before we asked', () => {
    const lines = [
      ...started,
      'Loading shiny',
      'Fatal Python error: Aborted',
      '  File "/x/custom_nodes/shiny/__init__.py", line 4 in <module>',
    ];
    expect(crashReportOf('It', ending({ signal: 'SIGABRT', hung: true, lines }))).toEqual({
      cause: 'hang',
      what: 'It stopped. It hung while its node packs were being imported, and was ended. The node pack "shiny" had a hand in it; disable it to be sure. Its last words: "Loading shiny".',
      fix: 'Update or disable the node pack "shiny".',
      pack: 'shiny',
    });
  });

  it('makes a paragraph with the pack, the fix and the last words', () => {
    const lines = [
      '  File "/x/custom_nodes/shiny/a.py", line 1',
      "ModuleNotFoundError: No module named 'b'",
      '',
    ];
    const words = crashWords(crashReportOf('The engine "one"', ending({ lines })));
    expect(words).toMatch(/^The engine "one" stopped\. The Python module "b" is missing\./);
    expect(words).toContain('node pack "shiny"');
    expect(words).toContain(
      `Its last words: "ModuleNotFoundError: No module named 'b'". Install the requirements`,
    );
  });
});
