import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import { type ReactNode, useEffect, useRef } from 'react';
import { intoSight } from './into-sight.ts';

export interface TabItem {
  readonly value: string;
  readonly label: ReactNode;
  readonly panel: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly items: readonly TabItem[];
}

/** Sections of one page. Only the one that is open exists, so what polls or asks stops when it is left. */
export function Tabs({ label, value, onChange, items }: TabsProps) {
  const row = useRef<HTMLDivElement>(null);
  // On a phone the row is wider than the screen: the open one comes into sight.
  useEffect(() => {
    intoSight(row.current, row.current?.querySelector<HTMLElement>(`[data-tab="${value}"]`));
  }, [value]);
  return (
    <BaseTabs.Root value={value} onValueChange={(next) => onChange(String(next))}>
      <div
        ref={row}
        className="-mx-4 overflow-x-auto border-line border-b px-4 [scrollbar-width:none] sm:mx-0 sm:px-0"
      >
        <BaseTabs.List aria-label={label} className="relative flex w-max gap-6">
          {items.map((item) => (
            <BaseTabs.Tab
              key={item.value}
              value={item.value}
              data-tab={item.value}
              className="flex h-11 items-center gap-2 font-medium whitespace-nowrap text-soft -outline-offset-2 transition-colors hover:text-text data-active:text-text"
            >
              {item.label}
            </BaseTabs.Tab>
          ))}
          <BaseTabs.Indicator className="absolute bottom-0 left-(--active-tab-left) h-0.5 w-(--active-tab-width) bg-text transition-[left,width]" />
        </BaseTabs.List>
      </div>
      {items.map((item) => (
        <BaseTabs.Panel key={item.value} value={item.value} className="pt-6 -outline-offset-2">
          {item.panel}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
