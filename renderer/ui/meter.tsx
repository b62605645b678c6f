interface MeterProps {
  readonly label: string;
  /** The figure in words; the bar only shows it. */
  readonly words: string;
  /** 0 to 1. */
  readonly share: number;
  /** The part of it that stands out, 0 to 1. */
  readonly part?: number | undefined;
}

const percent = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`;

/** How full something is: its name and figure above a hairline bar. */
export function Meter({ label, words, share, part }: MeterProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-small">
        <span className="text-soft">{label}</span>
        <span className="tabular">{words}</span>
      </div>
      <div className="relative h-1.5 overflow-hidden rounded-full bg-line" aria-hidden>
        <div
          className="absolute inset-y-0 left-0 rounded-full bg-faint transition-[width]"
          style={{ width: percent(share) }}
        />
        <div
          className="absolute inset-y-0 left-0 rounded-full bg-soft transition-[width]"
          style={{ width: percent(part ?? share) }}
        />
      </div>
    </div>
  );
}
