import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { controlClass } from './field.tsx';

interface SearchFieldProps {
  /** What is searched: the field's name, and what stands in it while it is empty. */
  readonly label: string;
  /** In its place while it is empty, where the name alone says too little. */
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly className?: string;
}

/** A field to search with. Escape empties it. */
export function SearchField({ label, placeholder = label, value, onChange, className }: SearchFieldProps) {
  return (
    <div className={clsx('relative flex-1', className)}>
      <Search
        size={16}
        strokeWidth={1.5}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-soft"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        maxLength={200}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
        className={clsx(controlClass, 'h-10 pl-9')}
      />
    </div>
  );
}

/** Typing goes on; what is searched for follows once it rests. */
const restMs = 300;

/** The same where searching costs a question to the gateway or a step in the address: told once the typing rests. */
export function RestingSearchField({ value, onChange, ...rest }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  // A new function each time it is drawn must not put the telling off.
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    // Cleared from elsewhere, or gone back to.
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed.trim() === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed.trim();
      tell.current(typed.trim());
    }, restMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return <SearchField {...rest} value={typed} onChange={setTyped} />;
}
