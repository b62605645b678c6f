import { Upload } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { useOpenFile } from './use-open-file.ts';

interface ImportButtonProps {
  readonly label: string;
  readonly look?: 'primary' | 'plain';
  readonly size?: 'normal' | 'large';
}

/** Chooses a workflow file and opens it on the import page. */
export function ImportButton({ label, look = 'plain', size = 'normal' }: ImportButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const open = useOpenFile();
  return (
    <>
      <Button look={look} size={size} onClick={() => input.current?.click()}>
        <Upload size={16} strokeWidth={1.5} aria-hidden />
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,.latent,.safetensors,.glb,image/*,video/*,audio/*"
        aria-label={label}
        tabIndex={-1}
        className="hidden"
        onChange={(event) => {
          void open(event.target.files?.[0]);
          event.target.value = ''; // the same file may be chosen again
        }}
      />
    </>
  );
}
