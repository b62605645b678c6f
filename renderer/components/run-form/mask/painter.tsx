import { Dialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { Brush, Contrast, Eraser, type LucideIcon, PaintBucket, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Range } from '../../../ui/number-input.tsx';
import type { Stroke } from './strokes.ts';
import { type Tool, useMaskCanvas } from './use-canvas.ts';

interface PainterProps {
  readonly file: File;
  readonly strokes: readonly Stroke[];
  readonly onClose: () => void;
  readonly onDone: (masked: File, strokes: readonly Stroke[]) => void;
}

function ToolButton({
  icon: Icon,
  label,
  on,
  disabled = false,
  onClick,
}: {
  icon: LucideIcon;
  label: string;
  on?: boolean;
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={label}
      title={label}
      aria-pressed={on}
      disabled={disabled}
      onClick={onClick}
      className={clsx(on && 'bg-line text-text')}
    >
      <Icon size={18} strokeWidth={1.5} aria-hidden />
    </Button>
  );
}

/** Paints over a picture what the workflow shall make anew there. */
export default function Painter({ file, strokes: before, onClose, onDone }: PainterProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Tool['kind']>('paint');
  const [share, setShare] = useState(8);
  const [busy, setBusy] = useState(false);
  const [longest, setLongest] = useState(0);
  // A brush is a share of the picture, so it feels the same on a small and on a large one.
  const size = Math.max(2, (longest * share) / 100);
  const { canvas, picture, strokes, pointer, add, undo, finish } = useMaskCanvas(file, before, {
    kind,
    size,
  });
  const [width, height] = [picture?.width ?? 0, picture?.height ?? 0];
  if (picture && longest === 0) setLongest(Math.max(width, height));
  const done = async () => {
    setBusy(true);
    const masked = await finish().catch(() => null);
    setBusy(false);
    if (masked) onDone(masked, strokes);
  };
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Dialog.Popup
          className="fixed inset-2 z-50 flex flex-col gap-3 rounded-card border border-line bg-raised p-4 shadow-lift sm:inset-6"
          onKeyDown={(event) => {
            if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            undo();
          }}
        >
          <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <div className="min-w-48 flex-1">
              <Dialog.Title className="font-semibold text-lead">{t('form.mask.title')}</Dialog.Title>
              <Dialog.Description className="text-small text-soft">{t('form.mask.hint')}</Dialog.Description>
            </div>
            <div className="-mx-1 flex flex-wrap items-center gap-x-1">
              <ToolButton
                icon={Brush}
                label={t('form.mask.brush')}
                on={kind === 'paint'}
                onClick={() => setKind('paint')}
              />
              <ToolButton
                icon={Eraser}
                label={t('form.mask.eraser')}
                on={kind === 'erase'}
                onClick={() => setKind('erase')}
              />
              <span id="mask-size" className="sr-only">
                {t('form.mask.size')}
              </span>
              <div className="mx-2 w-20 sm:w-28">
                <Range value={share} min={1} max={40} step={1} onChange={setShare} labelledBy="mask-size" />
              </div>
              <ToolButton
                icon={Undo2}
                label={t('form.mask.undo')}
                disabled={strokes.length === 0}
                onClick={undo}
              />
              <ToolButton icon={PaintBucket} label={t('form.mask.fill')} onClick={() => add('fill')} />
              <ToolButton icon={Contrast} label={t('form.mask.invert')} onClick={() => add('invert')} />
              <ToolButton icon={Trash2} label={t('form.mask.clear')} onClick={() => add('clear')} />
            </div>
          </header>
          <Surface picture={picture}>
            <canvas
              ref={canvas}
              width={width}
              height={height}
              aria-label={t('form.mask.canvas')}
              className="absolute inset-0 size-full cursor-crosshair touch-none opacity-60"
              {...pointer}
            />
          </Surface>
          <footer className="flex justify-end gap-2">
            <Dialog.Close render={<Button />}>{t('common.cancel')}</Dialog.Close>
            <Button look="primary" disabled={busy || strokes.length === 0} onClick={() => void done()}>
              {t('form.mask.done')}
            </Button>
          </footer>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The picture as large as there is room, with the mask exactly over it. */
function Surface({ picture, children }: { picture: ImageBitmap | null; children: React.ReactNode }) {
  const show = (canvas: HTMLCanvasElement | null) => {
    if (canvas && picture) canvas.getContext('2d')?.drawImage(picture, 0, 0);
  };
  return (
    <div className="@container-size flex min-h-0 flex-1 items-center justify-center overflow-hidden rounded-card bg-well">
      {picture && (
        <div
          className="relative"
          style={{
            aspectRatio: picture.width / picture.height,
            width: `min(100cqw, ${(100 * picture.width) / picture.height}cqh)`,
          }}
        >
          <canvas
            ref={show}
            width={picture.width}
            height={picture.height}
            className="size-full"
            aria-hidden
          />
          {children}
        </div>
      )}
    </div>
  );
}
