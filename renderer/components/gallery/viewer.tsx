import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Download, File, Maximize, Minus, Plus } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { Anchor, Button } from '../../ui/button.tsx';
import { bytes } from '../format.ts';
import { transformOf, useZoom, zoomed } from './use-zoom.ts';

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

/** One screen pixel for each of the picture's, if it is larger than the frame; twice its fitting size if it is not. */
const closerScale = (item: OutputItem, frame: HTMLElement | null): number => {
  const { clientWidth = 1, clientHeight = 1 } = frame ?? {};
  const fits = Math.min(clientWidth / (item.width ?? 1), clientHeight / (item.height ?? 1), 1);
  return fits < 0.8 ? 1 / fits : 2;
};

function Picture({ item }: { item: OutputItem }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const [loaded, setLoaded] = useState(false);
  const { zoom, setZoom, reset, by, handlers, pointOf } = useZoom(frame);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '+' || event.key === '=') by(1.5);
      else if (event.key === '-') by(1 / 1.5);
      else if (event.key === '0') reset();
      else if (event.key === '1') setZoom(zoomed({ scale: 1, x: 0, y: 0 }, closerScale(item, frame.current)));
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [by, reset, setZoom, item]);
  const shape = item.width && item.height ? { aspectRatio: item.width / item.height } : {};
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is done with the buttons and keys of the zoom
    <div
      ref={frame}
      {...handlers}
      onDoubleClick={(event) => {
        const { x, y } = pointOf(event);
        setZoom((now) =>
          now.scale > 1 ? { scale: 1, x: 0, y: 0 } : zoomed(now, closerScale(item, frame.current), x, y),
        );
      }}
      className={clsx(
        'absolute inset-0 touch-none select-none overflow-hidden',
        zoom.scale > 1 ? 'cursor-grab active:cursor-grabbing' : 'cursor-zoom-in',
      )}
    >
      <div
        className="absolute inset-0 flex items-center justify-center"
        style={{ transform: transformOf(zoom) }}
      >
        {!loaded && item.thumbnails && (
          <img
            src={item.thumbnails.large}
            alt=""
            aria-hidden
            draggable={false}
            style={{ ...shape, backgroundImage: item.placeholder ? `url(${item.placeholder})` : undefined }}
            className="absolute max-h-full max-w-full bg-cover object-contain"
            width={item.width ?? undefined}
            height={item.height ?? undefined}
          />
        )}
        <img
          src={item.url}
          alt={item.name}
          draggable={false}
          onLoad={() => setLoaded(true)}
          width={item.width ?? undefined}
          height={item.height ?? undefined}
          className={clsx(
            'relative h-auto max-h-full w-auto max-w-full object-contain',
            zoom.scale > 3 && '[image-rendering:pixelated]',
          )}
        />
      </div>
      <div className="absolute bottom-3 left-1/2 flex -translate-x-1/2 items-center gap-1 rounded-control border border-line bg-raised/90 p-1">
        <Button look="quiet" size="icon" aria-label={t('gallery.zoomOut')} onClick={() => by(1 / 1.5)}>
          <Minus {...icon} />
        </Button>
        <Button
          look="quiet"
          className="tabular w-16 px-0"
          title={t('gallery.fit')}
          aria-label={t('gallery.fit')}
          onClick={reset}
        >
          {zoom.scale === 1 ? <Maximize {...icon} /> : `${Math.round(zoom.scale * 100)} %`}
        </Button>
        <Button look="quiet" size="icon" aria-label={t('gallery.zoomIn')} onClick={() => by(1.5)}>
          <Plus {...icon} />
        </Button>
      </div>
    </div>
  );
}

const mostText = 200_000;

function Text({ item }: { item: OutputItem }) {
  const { t } = useTranslation();
  const text = useQuery({
    queryKey: ['text', item.sha256],
    queryFn: async ({ signal }) => {
      const reply = await fetch(item.url, { signal, headers: { Range: `bytes=0-${mostText - 1}` } });
      if (!reply.ok && reply.status !== 416) throw new Error(t('gallery.notShown'));
      return reply.status === 416 ? '' : reply.text();
    },
  });
  if (text.isError) return <NoViewer item={item} words={t('gallery.notShown')} />;
  return (
    <div className="absolute inset-0 overflow-auto p-4 sm:p-10">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must get into it
        tabIndex={0}
        className="mx-auto max-w-3xl whitespace-pre-wrap rounded-card bg-surface p-5 font-mono text-small"
      >
        {text.data}
      </pre>
      {item.size > mostText && <p className="mx-auto mt-3 max-w-3xl text-soft">{t('gallery.textTooLong')}</p>}
    </div>
  );
}

function Middle({ children }: { children: ReactNode }) {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-4 p-6 text-center">
      {children}
    </div>
  );
}

function NoViewer({ item, words }: { item: OutputItem; words: string }) {
  const { t } = useTranslation();
  return (
    <Middle>
      <File size={44} strokeWidth={1.25} className="text-soft" aria-hidden />
      <p className="font-serif text-head">{item.name}</p>
      <p className="text-soft">{words}</p>
      <Anchor href={item.url} download={item.name} look="primary">
        <Download {...icon} />
        {t('gallery.download')} · {bytes(item.size)}
      </Anchor>
    </Middle>
  );
}

/** A work as large as there is room for it. */
export function Viewer({ item }: { item: OutputItem }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  if (broken) return <NoViewer item={item} words={t('gallery.notShown')} />;
  switch (item.kind) {
    case 'image':
      return <Picture item={item} />;
    case 'video':
      return (
        <Middle>
          {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what a workflow made */}
          <video
            src={item.url}
            controls
            loop
            autoPlay
            aria-label={item.name}
            onError={() => setBroken(true)}
            className="max-h-full max-w-full"
          />
        </Middle>
      );
    case 'audio':
      return (
        <Middle>
          <p className="font-serif text-head">{item.name}</p>
          {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what a workflow made */}
          <audio
            src={item.url}
            controls
            aria-label={item.name}
            onError={() => setBroken(true)}
            className="w-full max-w-lg"
          />
        </Middle>
      );
    case 'text':
      return <Text item={item} />;
    case 'file':
      return <NoViewer item={item} words={t('gallery.noViewer')} />;
  }
}
