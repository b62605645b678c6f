import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startEngine } from '../../helpers/engine.ts';
import { openDesk, probeGraph } from '../desk.ts';
import { type Owner, ownerOf } from '../owner.ts';
import { plainStudio, type Studio } from './scene.ts';
import { engineStudio } from './scenes-engines.ts';
import { modelStudio } from './scenes-library.ts';

const samples = resolve(import.meta.dirname, '../../../resources/workflows');
const sample = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(resolve(samples, `${name}.json`), 'utf8')) as Record<string, unknown>;

const broken = {
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
  '2': { class_type: 'UltimateUpscaler', inputs: { image: ['1', 0] } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'Never' } },
};

/** Suns of several hours, in pictures of several shapes. */
const suns = [
  { sun_x: 60, sun_y: 120 },
  { sun_x: 300, sun_y: 60, sun_colour: 16_758_380, light_colour: 12_865_580 },
  { sun_x: 210, sun_y: 170, water_colour: 5_274_240 },
];

/** The sample in another shape: what is 672 high is made so high. */
function shaped(slug: string, name: string, width: number, height: number): Record<string, unknown> {
  const text = JSON.stringify(sample('gradient-study'))
    .replaceAll('"width":896,"height":672', `"width":${width},"height":${height}`)
    .replaceAll('"width":896', `"width":${width}`);
  return { ...(JSON.parse(text) as object), workflow_slug: slug, display_name: name };
}

/** Pictures of several shapes, one task that failed, one that runs for long, three that wait. */
async function fill(owner: Owner): Promise<Record<string, string>> {
  await owner.import(sample('gradient-study'));
  await owner.import(sample('soft-focus'));
  await owner.import({
    workflow_slug: 'broken-upscale',
    display_name: 'Old upscaler',
    workflow_json: broken,
  });
  await owner.import({
    workflow_slug: 'portrait',
    display_name: 'Portrait, soft light',
    description: 'Forty steps, a preview at each.',
    workflow_json: probeGraph(600, 1.5),
  });
  await owner.import({
    ...{ workflow_slug: 'needs-a-gpu', display_name: 'Product turntable', workflow_json: probeGraph(2, 1) },
    required_labels: ['gpu', 'sdxl'],
  });
  let done = '';
  await owner.import(shaped('evening-strip', 'Evening strip', 1344, 672));
  await owner.import(shaped('tower', 'Tower light', 480, 672));
  for (const slug of ['evening-strip', 'tower', 'gradient-study']) {
    for (const sun of suns) {
      done = await owner.run(slug, sun);
      await owner.until(done, 'completed');
    }
  }
  const failed = await owner.run('broken-upscale');
  await owner.until(failed, 'failed');
  const running = await owner.run('portrait');
  await owner.until(running, 'running');
  await owner.run('gradient-study', { sun_x: 20 });
  await owner.run('tower', { sun_x: 90 });
  const waiting = await owner.run('needs-a-gpu');
  await owner.call('POST', '/credentials', { kind: 'integration', display_name: 'Photo booth' });
  await owner.call('POST', '/invitations', { email_address: 'lin@example.org', invitation_role: 'admin' });
  return { done, failed, running, waiting, viewer: await owner.member('ada@example.org', 'viewer', 'Ada') };
}

/** A studio in the middle of its work. */
async function busyStudio(): Promise<Studio> {
  const engine = await startEngine(['--probe-nodes', '--preview-method', 'auto']);
  const desk = await openDesk(['--engine', engine.url]);
  const close = async () => {
    await desk.close();
    await engine.stop();
  };
  try {
    return { desk, known: await fill(await ownerOf(desk.url)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each is started when a scene asks for it, and ended before the next. */
export const studios: Readonly<Record<string, () => Promise<Studio>>> = {
  new: () => plainStudio(),
  lonely: () => plainStudio(['--no-agent']),
  busy: busyStudio,
  engines: engineStudio,
  models: modelStudio,
};
