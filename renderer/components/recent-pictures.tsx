import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { ago } from './format.ts';
import { startDrag } from './gallery/dragging.ts';
import { type Hung, PictureRows } from './picture.tsx';
import { useNow } from './use-now.ts';

interface RecentProps {
  readonly pictures: readonly OutputItem[];
  readonly height?: number;
  readonly captioned?: boolean;
}

/** The newest pictures, small; each leads to its task, and can be dragged onto a form's file field. */
export function RecentPictures({ pictures, height, captioned = true }: RecentProps) {
  const { t } = useTranslation();
  const now = useNow(true, 30_000);
  const hung = pictures.map(
    (item): Hung => ({
      key: item.id,
      url: item.thumbnails?.large ?? item.url,
      full: item.url,
      placeholder: item.placeholder,
      alt: t('task.resultAlt', { workflow: item.workflow_name }),
      href: `/tasks/${item.task_id}`,
      width: item.width ?? undefined,
      height: item.height ?? undefined,
      onDragStart: (event) => startDrag(event.dataTransfer, item),
      ...(captioned ? { caption: `${item.workflow_name}, ${ago(item.created_at, now)}` } : {}),
    }),
  );
  return <PictureRows pictures={hung} {...(height ? { height } : {})} />;
}
