import type { ReactNode } from 'react';

interface BlankProps {
  readonly title: string;
  readonly body: string;
  /** 1 where it is all there is on the page. */
  readonly level?: 1 | 2;
  readonly children?: ReactNode;
}

/** An empty page or a dead end: a title with character, one sentence, and what to do next. */
export function Blank({ title, body, level = 2, children }: BlankProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="mx-auto flex max-w-md animate-arrive flex-col items-center gap-4 py-20 text-center">
      <KilnMark />
      <Heading className="title">{title}</Heading>
      <p className="text-lead text-soft">{body}</p>
      {children && <div className="mt-2 flex flex-wrap justify-center gap-3">{children}</div>}
    </div>
  );
}

/** The arch of the icon in a few strokes. The fire burns only while something is alive; otherwise the door is dark. */
export function KilnMark({ lit = false, size = 44 }: { lit?: boolean; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" fill="none" aria-hidden="true">
      <path d="M9 40V23a15 15 0 0 1 30 0v17" stroke="currentColor" strokeWidth="1.5" className="text-faint" />
      <path
        d="M16.5 40V24a7.5 7.5 0 0 1 15 0v16z"
        className={lit ? 'animate-breathe fill-accent' : 'fill-line'}
      />
      <path
        d="M5 40h38"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        className="text-soft"
      />
    </svg>
  );
}
