import { useEffect } from 'react';
import { useTasks } from '../../api/queries.ts';
import { host } from '../../state/host.ts';
import { useLive } from '../../state/live.ts';

/** In the desktop app: how far the task that runs is, on the icon in the taskbar or dock. */
export function HostProgress() {
  const running = useTasks({ status: 'running' }).data?.[0];
  const live = useLive((all) => (running ? all[running.id]?.progress : undefined));
  const share = running ? Math.max(live ?? 0, running.progress) : null;
  useEffect(() => void host?.progress?.(share), [share]);
  return null;
}
