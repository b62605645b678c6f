import { clsx } from 'clsx';
import { AudioLines, File, FileText, type LucideIcon, Play, Star } from 'lucide-react';
import { type MouseEvent, memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { Checkbox } from '../../ui/controls.tsx';
import { timeOfDay } from '../format.ts';
import { startDrag } from './dragging.ts';
import { useIsChoosing, useIsChosen } from './selection.ts';

const icons: Record<'audio' | 'text' | 'file', LucideIcon> = {
  audio: AudioLines,
  text: FileText,
  file: File,
};

function Picture({ item, width, height }: { item: OutputItem; width: number; height: number }) {
  const [broken, setBroken] = useState(false);
  const { thumbnails } = item;
  const own = !thumbnails || broken;
  // A thumbnail's longer side is 320 or 640: which of them this place needs depends on its shape.
  const longer = Math.max(width, height);
  return (
    <img
      src={own ? item.url : thumbnails.small}
      {...(own
        ? {}
        : { srcSet: `${thumbnails.small} ${320 / longer}x, ${thumbnails.large} ${640 / longer}x` })}
      alt=""
      decoding="async"
      draggable={false}
      onError={() => setBroken(true)}
      className={clsx('size-full', item.width ? 'object-cover' : 'object-contain')}
    />
  );
}

/** What there is to see of a work before it is opened. */
export function Face({ item, width, height }: { item: OutputItem; width: number; height: number }) {
  if (item.kind === 'image') return <Picture item={item} width={width} height={height} />;
  if (item.kind === 'video') {
    return (
      <>
        <video src={`${item.url}#t=0.1`} preload="metadata" muted className="size-full object-cover" />
        <span className="absolute inset-0 m-auto flex size-11 items-center justify-center rounded-full bg-shade text-white">
          <Play size={20} strokeWidth={1.5} fill="currentColor" aria-hidden />
        </span>
      </>
    );
  }
  const Icon = icons[item.kind];
  return (
    <span className="flex size-full flex-col items-center justify-center gap-2 p-3 text-soft">
      <Icon size={28} strokeWidth={1.5} aria-hidden />
      <span className="line-clamp-2 max-w-full text-center text-small">{item.name}</span>
    </span>
  );
}

interface TileProps {
  readonly item: OutputItem;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly onOpen: (item: OutputItem) => void;
  readonly onChoose: (item: OutputItem, range: boolean) => void;
}

/** One work on the wall, in its own shape; its blurred colours are there before it is. */
export const Tile = memo(function Tile({ item, left, top, width, height, onOpen, onChoose }: TileProps) {
  const { t } = useTranslation();
  const chosen = useIsChosen(item.id);
  const choosing = useIsChoosing();
  const click = (event: MouseEvent) => {
    if (choosing || event.shiftKey || event.ctrlKey || event.metaKey) onChoose(item, event.shiftKey);
    else onOpen(item);
  };
  return (
    <li className="group absolute" style={{ left, top, width, height }}>
      <button
        type="button"
        data-tile={item.id}
        draggable
        onDragStart={(event) => startDrag(event.dataTransfer, item)}
        onClick={click}
        aria-label={t('gallery.pictureBy', {
          name: item.name,
          workflow: item.workflow_name,
          time: timeOfDay(item.created_at),
        })}
        style={{
          backgroundColor: item.colour ?? undefined,
          backgroundImage: item.placeholder ? `url(${item.placeholder})` : undefined,
        }}
        className={clsx(
          'relative block size-full overflow-hidden rounded-card bg-center bg-cover bg-well transition-[filter,transform] group-hover:brightness-110',
          chosen && 'scale-[0.94] outline-2 outline-accent outline-offset-2',
        )}
      >
        <Face item={item} width={width} height={height} />
      </button>
      {item.is_starred && (
        <Star
          size={16}
          strokeWidth={1.5}
          fill="currentColor"
          aria-hidden
          className="pointer-events-none absolute right-2 bottom-2 text-white drop-shadow-[0_0_3px_rgb(0_0_0/0.9)]"
        />
      )}
      <span
        className={clsx(
          'absolute top-1.5 left-1.5 flex rounded-[6px] transition-opacity',
          !chosen &&
            !choosing &&
            'opacity-0 focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-70',
        )}
      >
        <Checkbox
          checked={chosen}
          onChange={() => onChoose(item, false)}
          aria-label={t('gallery.choose', { name: item.name })}
        />
      </span>
    </li>
  );
});
