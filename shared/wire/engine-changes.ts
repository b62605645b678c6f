import { z } from 'zod';
import { timestamp, uuid } from './common.ts';
import { importedPack } from './engines.ts';

/**
 * What can be changed about an installed engine, each shown before it is done: snapshots, node packs, updates.
 * Ours entirely. A request with `dry_run` true (the default) answers with the plan and changes nothing.
 */

const dryRun = z.boolean().default(true).meta({
  description: 'True: only the plan. False: carried out as the engine’s job; the plan is the reply.',
});

export const snapshotItem = z
  .object({
    snapshot_id: z.string(),
    taken_at: timestamp,
    reason: z.string(),
    version: z.string(),
    commit: z.string(),
    package_count: z.int(),
    pack_count: z.int(),
  })
  .meta({ id: 'EngineSnapshot' });
export const snapshotList = z
  .object({ snapshot_list: z.array(snapshotItem) })
  .meta({ id: 'EngineSnapshotList' });

export const restoreRequest = z.object({ dry_run: dryRun }).meta({ id: 'RestoreEngine' });
export const restorePlanReply = z
  .object({
    commit: z.object({ from: z.string(), to: z.string() }).nullable(),
    packages_to_install: z.array(z.string()),
    packages_to_remove: z.array(z.string()),
    packs: z.array(z.object({ name: z.string(), change: z.string() })),
    settings: z.boolean().meta({ description: 'Options and environment go back too.' }),
    beyond: z.array(z.string()).meta({ description: 'What a restore can’t do.' }),
    changes_nothing: z.boolean(),
  })
  .meta({ id: 'RestorePlan' });

export const packItem = z
  .object({
    name: z.string(),
    enabled: z.boolean(),
    version: z.string(),
    commit: z.string(),
    remote: z.string(),
    changed: z.boolean().meta({ description: 'Somebody changed its files by hand.' }),
    import: importedPack.nullable().meta({ description: 'How the last start took it.' }),
  })
  .meta({ id: 'NodePack' });
export type PackItem = z.infer<typeof packItem>;
export const packList = z.object({ pack_list: z.array(packItem) }).meta({ id: 'NodePackList' });

export const packName = z
  .string()
  .regex(/^(?!\.)[^/\\\0]{1,200}$/, 'the name of one folder')
  .meta({ examples: ['ComfyUI-Impact-Pack'] });

/** Installs a pack, or with `name` of one that is there brings it to another commit. */
export const installPackRequest = z
  .object({
    source: z
      .string()
      .min(1)
      .max(2000)
      .meta({ description: 'A git address, a local repository, or an id of the node registry.' }),
    commit: z.string().min(1).max(200).optional().meta({
      description: 'A commit, tag or branch; of a pack of the registry its version. Newest when left out.',
    }),
    name: packName.optional(),
    dry_run: dryRun,
    plan_id: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({
        description:
          'Of the plan that was shown: it is refused (409) when what would be done is no longer exactly that. Give the ' +
          'plan’s `commit` too, so that it is that commit even if the source has moved on.',
      }),
    insist: z
      .boolean()
      .default(false)
      .meta({ description: 'Also when it takes guarded packages (torch, numpy, what ComfyUI needs) back.' }),
    run_install_script: z
      .boolean()
      .default(false)
      .meta({ description: 'Runs the pack’s own install.py, which may do anything.' }),
  })
  .meta({ id: 'InstallNodePack' });
export type InstallPackRequest = z.infer<typeof installPackRequest>;

export const packPlanReply = z
  .object({
    plan_id: z.string().meta({ description: 'Stands for all that the plan would do.' }),
    name: z.string(),
    source: z.string(),
    commit: z.string(),
    replaces: z.string().nullable().meta({ description: 'The commit that is there now.' }),
    packages: z.array(
      z.object({
        name: z.string(),
        from: z.string().nullable(),
        to: z.string().nullable(),
        guarded: z.boolean().meta({ description: 'Refused unless insisted on.' }),
      }),
    ),
    install_script: z.boolean().meta({ description: 'It brings an install.py; not run unless asked for.' }),
    problems: z.array(z.string()).meta({ description: 'What stands in the way, each with what to do.' }),
  })
  .meta({ id: 'NodePackPlan' });
export type PackPlanReply = z.infer<typeof packPlanReply>;

export const updatePackRequest = z.object({ enabled: z.boolean() }).meta({ id: 'UpdateNodePack' });
export const removedPackReply = z
  .object({ moved_to: z.string().meta({ description: 'Nothing is lost: the folder lies here now.' }) })
  .meta({ id: 'RemovedNodePack' });

export const updateRequest = z
  .object({
    commit: z.string().min(1).max(200).optional().meta({ description: 'The newest when left out.' }),
    dry_run: dryRun,
    canaries: z
      .union([z.literal('starred'), z.array(uuid).max(50)])
      .default('starred')
      .meta({ description: 'Workflows that are run on both versions and compared.' }),
  })
  .meta({ id: 'UpdateEngineVersion' });

export const updatePlanReply = z
  .object({
    from: z.object({ version: z.string(), commit: z.string() }),
    to: z.object({ version: z.string(), commit: z.string() }),
    commits: z.int().nullable().meta({ description: 'How many lie between; null while unknown.' }),
    requirements: z
      .array(z.string())
      .meta({ description: 'Lines of requirements.txt that change, with + or -.' }),
    disk_needed: z.number(),
    disk_free: z.number(),
    problems: z.array(z.string()),
  })
  .meta({ id: 'UpdatePlan' });
export type UpdatePlanReply = z.infer<typeof updatePlanReply>;

export const settleUpdateRequest = z
  .object({
    how: z
      .enum(['switch', 'discard', 'back'])
      .meta({ description: 'Take the new version, throw it away, or go back to the one before.' }),
    insist: z
      .boolean()
      .default(false)
      .meta({ description: 'Takes it although workflows that run now do not run in it.' }),
  })
  .meta({ id: 'SettleUpdate' });
