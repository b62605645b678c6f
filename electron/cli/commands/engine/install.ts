import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { install as carryOut, installStateOf } from '../../../agent/engines/install/installer.ts';
import { gb, type InstallPlan, planInstall } from '../../../agent/engines/install/plan.ts';
import { type InstallRequest, installRequest, stillDone } from '../../../agent/engines/install/request.ts';
import { optionArguments } from '../../../agent/engines/launch/options.ts';
import { type Call, launchOptionsOf, misused, pairs, say, steps } from './shared.ts';

/** Shows the plan; with `--yes` carries it out. The same command again goes on where it broke. */
export async function install(asked: Call): Promise<number> {
  const { registry, values } = asked;
  const id = values.name ?? (await registry.freeName('comfyui'));
  const { folder } = registry.files(id);
  const earlier = await installStateOf(folder);
  const known = await registry.find(id);
  if (known?.state === 'ready')
    throw new Error(`There is already an engine named "${id}". Choose another with --name.`);
  const request = earlier ? again(earlier.request, asked) : requested(id, asked);
  const plan = await planInstall(request, registry.folder);
  tell(plan, folder, earlier ? stillDone(earlier.request, earlier.done, request) : []);
  if (plan.problems.length > 0) {
    for (const problem of plan.problems) process.stderr.write(`${problem}\n`);
    return 1;
  }
  if (!values.yes) {
    say(`\nNothing has been done yet. To carry it out, say the same with --yes.`);
    return 0;
  }
  const stopped = new AbortController();
  const interrupt = (): void => stopped.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const record = await carryOut(plan, registry, steps(), stopped.signal);
    say(`"${id}" is installed: ComfyUI ${record.source.version}. Use it: atelier serve --engine ${id}`);
    return 0;
  } catch (error) {
    const go = `Go on with: atelier engine install --name ${id} --yes    or take it away: atelier engine remove ${id} --delete-files`;
    throw new Error(`${(error as Error).message}\n${go}`);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function requested(id: string, asked: Call): InstallRequest {
  const { values } = asked;
  const { source, commit, sha256, torch, python, constraint, installer } = values;
  const index = values['torch-index'];
  const local = source && existsSync(source) ? resolve(source) : source;
  const read = installRequest.safeParse({
    ...{
      id,
      source: local,
      commit,
      sha256,
      torch,
      python,
      installer,
      skip: values.skip,
      with: values.with,
      pipArgs: values['pip-arg'],
    },
    ...(index !== undefined && { torchIndex: index === 'none' ? null : index }),
    ...(constraint && { constraint: resolve(constraint) }),
    torchPackages: values['torch-package'],
    options: launchOptionsOf(asked),
    env: pairs(values.env, '='),
  });
  if (read.success) return read.data;
  throw misused(read.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}.`).join(' '));
}

/** Goes on with what was asked for first, and what is said anew. */
function again(request: InstallRequest, asked: Call): InstallRequest {
  const said = Object.keys(asked.values).filter((flag) => !['data', 'name', 'yes'].includes(flag));
  if (said.length === 0 && asked.rest.length === 0) return request;
  const anew = requested(request.id, asked);
  const given = (flag: keyof Call['values']): boolean => asked.values[flag] !== undefined;
  return {
    ...request,
    ...(given('source') && { source: anew.source }),
    ...(given('commit') && { commit: anew.commit }),
    ...(given('sha256') && { sha256: anew.sha256 }),
    ...(given('torch') && { torch: anew.torch }),
    ...(given('torch-index') && { torchIndex: anew.torchIndex }),
    ...(given('torch-package') && { torchPackages: anew.torchPackages }),
    ...(given('python') && { python: anew.python }),
    ...(given('installer') && { installer: anew.installer }),
    ...(given('constraint') && { constraint: anew.constraint }),
    ...(given('skip') && { skip: anew.skip }),
    ...(given('with') && { with: anew.with }),
    ...(given('pip-arg') && { pipArgs: anew.pipArgs }),
    env: { ...request.env, ...anew.env },
    options: launchOptionsOf(asked, request.options),
  };
}

function tell(plan: InstallPlan, folder: string, done: readonly string[]): void {
  const { request, python, torch, disk } = plan;
  say(`Plan for the engine "${request.id}" in ${folder}:`);
  say(`  source       ${request.source} (${plan.source}), ${request.commit ?? 'newest'}`);
  say(`  Python       ${python ? `${python.version}, ${python.executable}` : 'not found'}`);
  say(`  packages by  ${plan.installer}`);
  say(
    `  PyTorch      ${torch.build} (${torch.why}): ${request.torchPackages.join(' ') || 'none'}${torch.index ? ` from ${torch.index}` : ''}`,
  );
  if (request.skip.length > 0) say(`  left out     ${request.skip.join(', ')}`);
  say(`  launch       ${launchWords(request)}`);
  say(`  disk         about ${gb(disk.needed)} GB needed, ${gb(disk.free)} GB free`);
  if (done.length > 0) say(`  done before  ${done.join(', ')}`);
}

function launchWords({ options, env }: InstallRequest): string {
  const { idle_free_s: idle, hang_s: hang } = options;
  return [
    optionArguments(options).join(' '),
    ...(idle > 0 ? [`models unloaded after ${idle} s without work`] : []),
    hang > 0 ? `a run that hangs is ended after ${hang} s` : 'a run that hangs is never ended',
    ...Object.keys(env).map((name) => `${name} set`),
  ].join('; ');
}
