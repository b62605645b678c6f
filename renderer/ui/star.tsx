import { Star } from 'lucide-react';
import { Button } from './button.tsx';
import { Tooltip } from './tooltip.tsx';

interface StarProps {
  readonly on: boolean;
  /** What pressing it does. */
  readonly label: string;
  readonly hint: string;
  readonly onChange: (on: boolean) => void;
  readonly className?: string;
}

/** Holds something dear, or no longer. */
export function StarButton({ on, label, hint, onChange, className = '' }: StarProps) {
  return (
    <Tooltip text={hint}>
      <Button
        look="quiet"
        size="icon"
        aria-label={label}
        aria-pressed={on}
        className={className}
        onClick={() => onChange(!on)}
      >
        <Star size={18} strokeWidth={1.5} fill={on ? 'currentColor' : 'none'} aria-hidden />
      </Button>
    </Tooltip>
  );
}
