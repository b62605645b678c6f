import type { Owner } from './owner.ts';

/** A workflow with the fields of its probe node as parameters; resolves with its slug. */
export async function importProbe(owner: Owner, name: string): Promise<string> {
  const slug = name.toLowerCase().replaceAll(' ', '-');
  const parameter = (key: string, type: string) => ({ key, type, node_id: '2', field: key });
  await owner.call('POST', '/workflows/import', {
    workflow_slug: slug,
    display_name: name,
    workflow_json: {
      '1': { class_type: 'EmptyImage', inputs: { width: 320, height: 240, batch_size: 1, color: 16747084 } },
      '2': {
        class_type: 'EngineProbe',
        inputs: { image: ['1', 0], steps: 4, seconds_per_step: 0.05, mode: 'ok', seed: 7 },
        _meta: { title: 'Sampler' },
      },
      '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'Study' } },
    },
    parameters: [
      parameter('steps', 'number'),
      parameter('seconds_per_step', 'number'),
      parameter('mode', 'string'),
      parameter('seed', 'number'),
    ],
  });
  return slug;
}
