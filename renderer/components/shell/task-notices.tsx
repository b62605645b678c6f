import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { api } from '../../api/endpoints.ts';
import { useConnection } from '../../state/connection.ts';
import { gather, onEnding, oneNotice, type Told, worthTelling } from '../../state/endings.ts';
import { host } from '../../state/host.ts';
import { usePreferences } from '../../state/preferences.ts';
import { notify } from '../../ui/notices.tsx';

/** Calls back once for a burst of endings, with their ids. */
function inBursts(act: (ids: ReadonlySet<string>) => void): () => void {
  let ids = new Set<string>();
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    const gathered = ids;
    ids = new Set();
    act(gathered);
  };
  const stop = onEnding(({ id }) => {
    if (ids.size === 0) since = Date.now();
    ids.add(id);
    clearTimeout(timer);
    timer = setTimeout(flush, Math.min(gather.quietMs, Math.max(0, since + gather.mostMs - Date.now())));
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** What is known of them: one page of the newest tasks, however many ended. */
async function look(ids: ReadonlySet<string>): Promise<TaskDetail[]> {
  const { task_list } = await api.listTasks({ per_page: 100 });
  return task_list.filter((task) => ids.has(task.id));
}

function showInSystem(title: string, body: string, href: string): void {
  const notice = new Notification(title, { body, tag: 'atelier-tasks', icon: '/icon.svg' });
  notice.onclick = () => {
    host?.show?.();
    window.focus();
    history.pushState(null, '', href);
    notice.close();
  };
}

/**
 * Tells of my tasks that ended while I look elsewhere: one notice for a burst, in the window while it is in sight and by
 * the system while it is not, if the person has allowed that.
 */
export function TaskNotices() {
  const { t } = useTranslation();
  useEffect(() => {
    const words = ({ kind, done, failed, workflow }: Told): string =>
      kind === 'mixed'
        ? t('notices.mixed', { done, failed })
        : t(`notices.${kind}`, { count: done + failed, workflow });
    const tell = async (ids: ReadonlySet<string>) => {
      const { everyTask, system } = usePreferences.getState();
      const hidden = document.visibilityState === 'hidden';
      const path = hidden ? null : location.pathname;
      const me = useConnection.getState().profile?.id;
      const told = oneNotice(worthTelling(await look(ids), { me, everyTask, path }));
      if (!told) return;
      const inSystem = hidden && system && 'Notification' in window && Notification.permission === 'granted';
      if (inSystem) showInSystem(words(told), told.cause, told.href);
      notify.ended({ title: words(told), body: told.cause, href: told.href, bad: told.failed > 0 });
    };
    return inBursts((ids) => void tell(ids).catch(() => undefined)); // no notice is better than an error about one
  }, [t]);
  return null;
}
