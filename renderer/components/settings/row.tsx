import type { ReactNode } from 'react';
import { Switch } from '../../ui/controls.tsx';

/** Rows under one heading, with hairlines between them. */
export function Rows({ children }: { children: ReactNode }) {
  return <div className="divide-y divide-line rounded-card border border-line bg-surface">{children}</div>;
}

interface RowProps {
  readonly title: ReactNode;
  readonly body?: ReactNode;
  readonly children?: ReactNode;
}

/** One thing to know or to set: what it is to the left, its value to the right, below it on a phone. */
export function Row({ title, body, children }: RowProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-3.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{title}</p>
        {body && <p className="text-small text-soft">{body}</p>}
      </div>
      {children}
    </div>
  );
}

interface SwitchRowProps {
  readonly id: string;
  readonly title: string;
  readonly body?: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A row that is on or off. */
export function SwitchRow({ id, title, body, checked, onChange }: SwitchRowProps) {
  return (
    <Row title={<span id={`${id}-label`}>{title}</span>} body={body}>
      <Switch aria-labelledby={`${id}-label`} checked={checked} onChange={onChange} />
    </Row>
  );
}
