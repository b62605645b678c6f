import type { ParameterDef } from '#shared/wire/workflows.ts';
import { controlClass, describes } from '../../ui/field.tsx';

const white = 0xffffff;

/** ComfyUI's nodes take colours as one number, 0 to 0xffffff; nobody thinks of a colour that way. */
export const isColour = (def: ParameterDef): boolean =>
  def.type === 'number' && def.min === 0 && def.max === white;

export const hexOf = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;

interface ColourFieldProps {
  readonly id: string;
  readonly value: number | null;
  readonly error: string | undefined;
  readonly onChange: (value: number) => void;
}

export function ColourField({ id, value, error, onChange }: ColourFieldProps) {
  const hex = hexOf(value ?? 0);
  return (
    <div className={`${controlClass} flex h-10 items-center gap-3 px-2!`}>
      <input
        id={id}
        type="color"
        value={hex}
        {...describes(id, error)}
        onChange={(event) => onChange(Number.parseInt(event.target.value.slice(1), 16))}
        className="h-6 w-12 cursor-pointer appearance-none overflow-hidden rounded-[6px] border-0 bg-transparent p-0 [&::-webkit-color-swatch-wrapper]:p-0 [&::-webkit-color-swatch]:border-0"
      />
      <span className="tabular text-soft uppercase" aria-hidden>
        {hex}
      </span>
    </div>
  );
}
