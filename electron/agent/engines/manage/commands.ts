import type { ManageAction, ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { add, discoverHere, plan, resume } from './adding.ts';
import { free, log, remove, restart, start, stop } from './life.ts';
import { missingPacks } from './missing.ts';
import { enablePack, installPack, listPacks, removePack } from './packs.ts';
import type { CommandPorts } from './ports.ts';
import { settings, update } from './settings.ts';
import { listSnapshots, restoreSnapshot, takeOne } from './snapshots.ts';
import { prepareUpdate, settleUpdate } from './updates.ts';

type Commands = {
  readonly [Action in ManageAction]: (
    ask: ManageAsk<Action>,
    ports: CommandPorts,
  ) => Promise<ManageReply<Action>>;
};

/** What each command does. Long work is begun as a job and goes on after the answer. */
export const commands: Commands = {
  discover: discoverHere,
  plan,
  add,
  resume,
  start,
  stop,
  restart,
  free,
  cancel_job: async ({ engine_id }, { jobs }) => {
    await jobs.cancel(engine_id);
    return null;
  },
  dismiss_job: async ({ engine_id }, { jobs }) => {
    jobs.dismiss(engine_id);
    return null;
  },
  settings,
  update,
  remove,
  log,
  list_snapshots: listSnapshots,
  take_snapshot: takeOne,
  restore: restoreSnapshot,
  list_packs: listPacks,
  missing_packs: missingPacks,
  install_pack: installPack,
  enable_pack: enablePack,
  remove_pack: removePack,
  prepare_update: prepareUpdate,
  settle_update: settleUpdate,
};
