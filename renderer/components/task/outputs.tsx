import { clsx } from 'clsx';
import { Download, File } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TaskOutput } from '#shared/wire/tasks.ts';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';

interface OutputsProps {
  readonly outputs: readonly TaskOutput[];
  readonly chosen: string | undefined;
  readonly onChoose: (output: TaskOutput) => void;
}

/** Everything a task made: pictures in a justified row that choose what hangs in the frame, other files by name. */
export function Outputs({ outputs, chosen, onChoose }: OutputsProps) {
  const { t } = useTranslation();
  const pictures = outputs.filter((one) => one.kind === 'image');
  const files = outputs.filter((one) => one.kind !== 'image');
  if (outputs.length < 2 && files.length === 0) return null;
  return (
    <Section title={t('task.outputs')}>
      {pictures.length > 1 && (
        <ul className="flex flex-wrap gap-3 after:grow-[1000] after:content-['']">
          {pictures.map((output, index) => {
            const ratio = output.width && output.height ? output.width / output.height : 1;
            return (
              <li
                key={output.storage_key}
                style={{ flexBasis: ratio * 104, flexGrow: ratio * 10 }}
                className="max-w-60"
              >
                <button
                  type="button"
                  aria-label={t('task.pictureNumber', { number: index + 1 })}
                  aria-pressed={output.storage_key === chosen}
                  onClick={() => onChoose(output)}
                  style={{ aspectRatio: ratio }}
                  className={clsx(
                    'block w-full overflow-hidden rounded-card bg-well outline-offset-2',
                    output.storage_key === chosen && 'outline-2 outline-text',
                  )}
                >
                  <img
                    src={output.url}
                    alt=""
                    loading="lazy"
                    decoding="async"
                    className="size-full object-cover"
                  />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {files.length > 0 && (
        <ul className="mt-3 flex flex-col gap-2">
          {files.map((output) => (
            <li key={output.storage_key}>
              <a
                href={output.url}
                download={output.name}
                aria-label={t('task.downloadNamed', { name: output.name })}
                className="flex items-center gap-3 rounded-card border border-line bg-surface px-4 py-3 hover:border-faint"
              >
                <File size={18} strokeWidth={1.5} className="text-soft" aria-hidden />
                <span className="flex-1 truncate">{output.name}</span>
                <span className="tabular text-soft">{bytes(output.size)}</span>
                <Download size={16} strokeWidth={1.5} className="text-soft" aria-hidden />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
