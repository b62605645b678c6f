import type { ManageAction, ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { add, discoverHere, plan, resume } from './adding.ts';
import { listPacks, listSnapshots, restoreSnapshot, takeOne } from './changes.ts';
import { free, log, remove, restart, start, stop } from './life.ts';
import type { CommandPorts } from './ports.ts';
import { Refusal } from './refusal.ts';
import { settings, update } from './settings.ts';

type Commands = {
  readonly [Action in ManageAction]: (
    ask: ManageAsk<Action>,
    ports: CommandPorts,
  ) => Promise<ManageReply<Action>>;
};

const later = async (): Promise<never> => {
  throw new Refusal('conflict', 'Not possible yet.');
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
  settings,
  update,
  remove,
  log,
  list_snapshots: listSnapshots,
  take_snapshot: takeOne,
  restore: restoreSnapshot,
  list_packs: listPacks,
  install_pack: later,
  enable_pack: later,
  remove_pack: later,
  prepare_update: later,
  settle_update: later,
};
