import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Select as BaseSelect } from '@base-ui/react/select';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { clsx } from 'clsx';
import { Check, ChevronDown } from 'lucide-react';
import { controlClass } from './field.tsx';

interface Named {
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-labelledby'?: string;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-invalid'?: boolean | undefined;
}

interface Toggled extends Named {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ checked, onChange, ...named }: Toggled) {
  return (
    <BaseSwitch.Root
      {...named}
      checked={checked}
      onCheckedChange={onChange}
      className="flex h-6 w-10 shrink-0 items-center rounded-full border border-line bg-well p-0.5 transition-colors data-checked:border-accent-fill data-checked:bg-accent-fill"
    >
      <BaseSwitch.Thumb className="size-4.5 rounded-full bg-soft transition-[translate,background-color] data-checked:translate-x-4 data-checked:bg-on-accent" />
    </BaseSwitch.Root>
  );
}

/** `wide`: the nearest positioned box around it is its target too. */
export function Checkbox({ checked, onChange, wide = false, ...named }: Toggled & { wide?: boolean }) {
  return (
    <BaseCheckbox.Root
      {...named}
      checked={checked}
      onCheckedChange={onChange}
      className={clsx(
        'flex size-5 shrink-0 items-center justify-center rounded-[6px] border border-faint bg-ground transition-colors data-checked:border-accent-fill data-checked:bg-accent-fill',
        wide && 'after:absolute after:inset-0 after:cursor-pointer',
      )}
    >
      <BaseCheckbox.Indicator className="text-on-accent">
        <Check size={14} strokeWidth={2.5} aria-hidden />
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
}

interface SelectProps extends Named {
  readonly value: string | null;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly className?: string;
}

export function Select({ value, options, onChange, placeholder, className, ...named }: SelectProps) {
  return (
    <BaseSelect.Root
      value={value}
      items={options}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <BaseSelect.Trigger
        {...named}
        className={clsx(controlClass, 'flex h-10 items-center justify-between gap-2 text-left', className)}
      >
        <BaseSelect.Value placeholder={placeholder} className="truncate" />
        <BaseSelect.Icon>
          <ChevronDown size={16} strokeWidth={1.5} className="text-soft" aria-hidden />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={6} className="z-50" alignItemWithTrigger={false}>
          <BaseSelect.Popup className="max-h-[min(24rem,var(--available-height))] min-w-(--anchor-width) overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-lift">
            {options.map((option) => (
              <BaseSelect.Item
                key={option.value}
                value={option.value}
                className="flex h-9 cursor-default items-center justify-between gap-4 rounded-control px-2.5 outline-none data-highlighted:bg-line"
              >
                <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                <BaseSelect.ItemIndicator>
                  <Check size={16} strokeWidth={1.5} className="text-accent" aria-hidden />
                </BaseSelect.ItemIndicator>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
