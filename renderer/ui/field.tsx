import { clsx } from 'clsx';
import type { ReactNode } from 'react';

interface FieldProps {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** Sits at the right end of the label's line: a value, a range, a small button. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** What a control needs to point at its hint and its error. */
export const describes = (id: string, error: string | undefined, hint?: unknown) => ({
  'aria-invalid': error ? true : undefined,
  'aria-describedby': error ? `${id}-error` : hint ? `${id}-hint` : undefined,
});

/** Label above, control, then the hint or, in its place, what is wrong. */
export function Field({ id, label, hint, error, aside, children, className }: FieldProps) {
  return (
    <div className={clsx('flex flex-col gap-1.5', className)}>
      <div className="flex min-h-6 items-end justify-between gap-3">
        <label htmlFor={id} id={`${id}-label`} className="text-small font-medium text-text">
          {label}
        </label>
        {aside}
      </div>
      {children}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-small text-bad">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="text-small text-soft">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** The shared face of everything one types in. */
export const controlClass = clsx(
  'w-full rounded-control border border-line bg-surface px-3 text-text transition-colors',
  'hover:border-faint focus-visible:border-accent aria-invalid:border-bad',
);
