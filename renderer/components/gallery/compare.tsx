import { clsx } from 'clsx';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { useOutput } from '../../api/gallery.ts';
import { Button } from '../../ui/button.tsx';
import { bytes, moment } from '../format.ts';
import { Problem } from '../problem.tsx';
import { Over } from './over.tsx';
import { transformOf, useZoom } from './use-zoom.ts';

interface CompareProps {
  readonly one: string;
  readonly other: string;
  readonly onClose: () => void;
}

type Way = 'sideBySide' | 'slider';

function Caption({ item, right = false }: { item: OutputItem; right?: boolean }) {
  return (
    <p
      className={clsx(
        'pointer-events-none absolute top-2 max-w-[45%] truncate rounded-control bg-raised/85 px-2.5 py-1 text-small',
        right ? 'right-2' : 'left-2',
      )}
    >
      {item.name} <span className="text-soft">{`${item.width} × ${item.height}, ${bytes(item.size)}`}</span>
    </p>
  );
}

const fill = 'absolute inset-0 size-full object-contain';

/** Both move together: what is looked at in one is looked at in the other. */
function Pair({ one, other, way }: { one: OutputItem; other: OutputItem; way: Way }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const { zoom, reset, handlers } = useZoom(frame);
  const [share, setShare] = useState(50);
  const transform = transformOf(zoom);
  const picture = (item: OutputItem) => (
    <img src={item.url} alt={item.name} draggable={false} className={fill} style={{ transform }} />
  );
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a closer look by hand; the slider is the control */}
      <div
        ref={frame}
        {...handlers}
        onDoubleClick={reset}
        className="relative min-h-0 flex-1 touch-none select-none overflow-hidden bg-well"
      >
        {way === 'sideBySide' ? (
          <div className="absolute inset-0 grid grid-cols-2 gap-px bg-line max-sm:grid-cols-1 max-sm:grid-rows-2">
            {[one, other].map((item) => (
              <figure key={item.id} className="relative overflow-hidden bg-well">
                {picture(item)}
                <Caption item={item} />
              </figure>
            ))}
          </div>
        ) : (
          <>
            {picture(other)}
            <div className="absolute inset-0 bg-well" style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}>
              {picture(one)}
            </div>
            <div
              aria-hidden
              className="pointer-events-none absolute inset-y-0 w-0.5 bg-accent"
              style={{ left: `${share}%` }}
            />
            <Caption item={one} />
            <Caption item={other} right />
          </>
        )}
      </div>
      {way === 'slider' && (
        <div className="px-6 py-4">
          <input
            type="range"
            min={0}
            max={100}
            step={0.5}
            value={share}
            aria-label={t('gallery.sliderLabel')}
            onChange={(event) => setShare(event.target.valueAsNumber)}
            className="w-full accent-(--accent)"
          />
        </div>
      )}
    </>
  );
}

/** Two works, beside each other or one over the other. */
export default function Compare({ one, other, onClose }: CompareProps) {
  const { t } = useTranslation();
  const [way, setWay] = useState<Way>('sideBySide');
  const [left, right] = [useOutput(one), useOutput(other)];
  const error = left.error ?? right.error;
  return (
    <Over
      label={t('gallery.compareTitle')}
      title={
        left.data &&
        right.data && (
          <span className="text-soft max-sm:hidden">
            {t('gallery.comparePair', {
              one: moment(left.data.created_at),
              other: moment(right.data.created_at),
            })}
          </span>
        )
      }
      onClose={onClose}
      actions={(['sideBySide', 'slider'] as const).map((each) => (
        <Button
          key={each}
          look={way === each ? 'plain' : 'quiet'}
          aria-pressed={way === each}
          onClick={() => setWay(each)}
        >
          {t(`gallery.${each}`)}
        </Button>
      ))}
    >
      {error && (
        <div className="mx-auto max-w-lg p-6">
          <Problem error={error} />
        </div>
      )}
      {left.data && right.data && <Pair one={left.data} other={right.data} way={way} />}
    </Over>
  );
}
