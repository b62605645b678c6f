import { host } from '../../state/host.ts';
import { HostProgress } from './host-progress.tsx';
import { TaskNotices } from './task-notices.tsx';
import { TransferTray } from './transfer-tray.tsx';

/** What stands beside every page and may come a moment after the first paint. */
export default function Asides() {
  return (
    <>
      <TransferTray />
      <TaskNotices />
      {host && <HostProgress />}
    </>
  );
}
