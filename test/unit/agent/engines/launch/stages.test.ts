import { describe, expect, it } from 'vitest';
import { LaunchStages, stageWords } from '../../../../../electron/agent/engines/launch/stages.ts';

describe('LaunchStages', () => {
  it('reads a start from the log: Python, torch, each node pack, the server', () => {
    const stages = new LaunchStages();
    const seen: string[] = [];
    for (const line of [
      '** Python version: 3.11.7 (main)',
      'pytorch version: 2.13.0+cpu',
      'Device: cuda:0 NVIDIA : native',
      'ComfyUI version: 0.3.64',
      'Traceback (most recent call last):',
      "ModuleNotFoundError: No module named 'shiny'",
      "Cannot import C:\\Comfy UI\\custom_nodes\\broken module for custom nodes: No module named 'shiny'",
      'Import times for custom nodes:',
      '   0.1 seconds: /a b/custom_nodes/tidy',
      '   1.5 seconds (IMPORT FAILED): C:\\Comfy UI\\custom_nodes\\broken',
      'Starting server',
      'To see the GUI go to: http://127.0.0.1:8188',
    ]) {
      if (stages.line(line)) seen.push(stages.report.stage);
    }
    expect([...new Set(seen)]).toEqual(['python', 'torch', 'node packs', 'server', 'ready']);
    expect(stages.report).toEqual({
      stage: 'ready',
      python: '3.11.7',
      torch: '2.13.0+cpu',
      device: 'cuda:0 NVIDIA : native',
      version: '0.3.64',
      packs: [
        { name: 'tidy', seconds: 0.1, failed: false },
        { name: 'broken', seconds: 1.5, failed: true, error: "No module named 'shiny'" },
      ],
    });
    expect(stageWords(stages.report)).toBe('The server is up. Not imported: broken.');
  });

  it('goes only forward, whatever a pack prints', () => {
    const stages = new LaunchStages();
    stages.line('Starting server');
    stages.line('pytorch version: 9');
    expect(stages.report.stage).toBe('server');
  });
});
