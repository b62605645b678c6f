import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { resultQuery } from '../api/queries.ts';
import { ago } from './format.ts';
import { type Hung, PictureRows } from './picture.tsx';
import { useNow } from './use-now.ts';

interface RecentProps {
  readonly tasks: readonly TaskDetail[];
  readonly height?: number;
  readonly captioned?: boolean;
}

/** The pictures of finished tasks, newest first; their sizes come with the results, so the rows stand still. */
export function RecentPictures({ tasks, height, captioned = true }: RecentProps) {
  const { t } = useTranslation();
  const now = useNow(true, 30_000);
  const results = useQueries({ queries: tasks.map((task) => resultQuery(task.id)) });
  const pictures = tasks.flatMap((task, index): Hung[] => {
    const image = results[index]?.data?.outputs.find((one) => one.kind === 'image');
    if (!image) return [];
    return [
      {
        key: task.id,
        url: image.url,
        alt: t('task.resultAlt', { workflow: task.workflow_name }),
        href: `/tasks/${task.id}`,
        width: image.width,
        height: image.height,
        ...(captioned
          ? { caption: `${task.workflow_name}, ${ago(task.completed_at ?? task.created_at, now)}` }
          : {}),
      },
    ];
  });
  return <PictureRows pictures={pictures} {...(height ? { height } : {})} />;
}
