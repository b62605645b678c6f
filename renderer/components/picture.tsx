import { clsx } from 'clsx';
import type { DragEvent, ReactNode } from 'react';
import { Link } from 'wouter';

export interface Hung {
  readonly key: string;
  readonly url: string;
  /** Taken where `url`, a smaller one, can't be shown. */
  readonly full?: string;
  /** Its colours, out of focus, until it has come. */
  readonly placeholder?: string | null;
  readonly alt: string;
  readonly href: string;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly caption?: ReactNode;
  readonly onDragStart?: (event: DragEvent) => void;
}

const ratioOf = ({ width, height }: Hung): number =>
  width && height ? Math.min(3, Math.max(0.4, width / height)) : 1;

/**
 * Pictures in rows that fill the width, each in its own shape: a picture grows by its ratio, the last row keeps its
 * natural size. The space is taken before the bytes come, so nothing moves.
 */
export function PictureRows({ pictures, height = 200 }: { pictures: readonly Hung[]; height?: number }) {
  return (
    <ul className="flex flex-wrap gap-4 after:grow-[1000] after:content-['']">
      {pictures.map((picture) => {
        const ratio = ratioOf(picture);
        return (
          <li
            key={picture.key}
            style={{ flexGrow: ratio * 10, flexBasis: ratio * height }}
            className="max-w-full min-w-0 animate-arrive"
          >
            <Link
              href={picture.href}
              onDragStart={picture.onDragStart}
              className="group block overflow-hidden rounded-card bg-center bg-cover bg-well"
              style={{
                aspectRatio: ratio,
                backgroundImage: picture.placeholder ? `url(${picture.placeholder})` : undefined,
              }}
            >
              <img
                src={picture.url}
                alt={picture.alt}
                loading="lazy"
                decoding="async"
                onError={({ currentTarget: image }) => {
                  if (picture.full && image.getAttribute('src') !== picture.full) image.src = picture.full;
                }}
                className={clsx(
                  'size-full transition-[filter] group-hover:brightness-110',
                  picture.width ? 'object-cover' : 'object-contain',
                )}
              />
            </Link>
            {picture.caption && <div className="mt-1.5 truncate text-small text-soft">{picture.caption}</div>}
          </li>
        );
      })}
    </ul>
  );
}
