import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';
type Size = 'normal' | 'large' | 'icon';

const looks: Record<Look, string> = {
  primary: 'bg-accent-fill text-on-accent hover:brightness-110 active:brightness-95 font-semibold',
  plain: 'border border-line bg-surface text-text hover:border-faint hover:bg-hover',
  quiet: 'text-soft hover:bg-hover hover:text-text',
  danger: 'border border-line bg-surface text-bad hover:border-bad',
};

const sizes: Record<Size, string> = {
  normal: 'h-9 px-3.5',
  large: 'h-11 px-5 text-lead',
  icon: 'size-9',
};

const classes = (look: Look, size: Size, extra?: string) =>
  clsx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap',
    'transition-[background-color,border-color,color,filter] disabled:opacity-55',
    looks[look],
    sizes[size],
    extra,
  );

interface Style {
  readonly look?: Look;
  readonly size?: Size;
}

export function Button({
  look = 'plain',
  size = 'normal',
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & Style) {
  return <button type={type} className={classes(look, size, className)} {...rest} />;
}

/** A link that looks like a button: it leads somewhere, so it stays a link for the keyboard and the middle button. */
export function LinkButton({
  href,
  look = 'plain',
  size = 'normal',
  className,
  children,
}: Style & { href: string; className?: string; children: ReactNode }) {
  return (
    <Link href={href} className={classes(look, size, className)}>
      {children}
    </Link>
  );
}

/** The same for what leaves the desk: downloads, documents. */
export function Anchor({ look = 'plain', size = 'normal', className, ...rest }: ComponentProps<'a'> & Style) {
  return <a className={classes(look, size, className)} {...rest} />;
}
