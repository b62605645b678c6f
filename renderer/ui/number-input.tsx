import { NumberField } from '@base-ui/react/number-field';
import { Slider } from '@base-ui/react/slider';
import { clsx } from 'clsx';
import { Minus, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { controlClass } from './field.tsx';

interface NumberInputProps {
  readonly id: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step: number;
  readonly lessLabel: string;
  readonly moreLabel: string;
  /** A control of its own at the right end, such as a dice. */
  readonly end?: ReactNode;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-invalid'?: boolean | undefined;
}

const button =
  'flex w-9 shrink-0 items-center justify-center text-soft transition-colors hover:text-text disabled:opacity-40';

/** A number one can type, step or, beside it, slide. Bounds are told by the form, not silently enforced on typing. */
export function NumberInput(props: NumberInputProps) {
  const { id, value, onChange, min, max, step, end } = props;
  return (
    <NumberField.Root
      id={id}
      value={value}
      onValueChange={onChange}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      step={step}
      allowOutOfRange
      format={{ useGrouping: false, maximumFractionDigits: 10 }}
    >
      <NumberField.Group
        className={clsx(controlClass, 'flex h-10 overflow-hidden px-0! focus-within:border-accent')}
      >
        <NumberField.Decrement className={button} aria-label={props.lessLabel}>
          <Minus size={15} strokeWidth={1.5} aria-hidden />
        </NumberField.Decrement>
        <NumberField.Input
          aria-invalid={props['aria-invalid']}
          aria-describedby={props['aria-describedby']}
          className="tabular w-full min-w-0 bg-transparent text-center text-text outline-none"
        />
        <NumberField.Increment className={button} aria-label={props.moreLabel}>
          <Plus size={15} strokeWidth={1.5} aria-hidden />
        </NumberField.Increment>
        {end}
      </NumberField.Group>
    </NumberField.Root>
  );
}

interface RangeProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly labelledBy: string;
}

export function Range({ value, onChange, min, max, step, labelledBy }: RangeProps) {
  return (
    <Slider.Root
      value={Math.min(max, Math.max(min, value))}
      onValueChange={(next) => onChange(Number(next))}
      min={min}
      max={max}
      step={step}
      aria-labelledby={labelledBy}
    >
      <Slider.Control className="flex h-5 touch-none items-center select-none">
        <Slider.Track className="h-1 w-full rounded-full bg-line">
          <Slider.Indicator className="rounded-full bg-soft" />
          <Slider.Thumb
            getAriaLabel={null}
            aria-labelledby={labelledBy}
            className="size-4 rounded-full border border-line bg-text has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}
