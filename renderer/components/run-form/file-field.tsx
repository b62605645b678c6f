import { clsx } from 'clsx';
import { Brush, FileImage, FileUp, X } from 'lucide-react';
import { type DragEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import { galleryApi } from '../../api/gallery.ts';
import { uploadFile } from '../../api/upload.ts';
import { Button } from '../../ui/button.tsx';
import { describes } from '../../ui/field.tsx';
import { type Dragged, lasting, readDragged } from '../gallery/dragging.ts';
import { ProgressLine } from '../task-frame.tsx';
import { droppedFile } from './file-from.ts';
import { keepSource, sourceOf } from './mask/sources.ts';
import type { Stroke } from './mask/strokes.ts';
import { thumbOf } from './thumb.ts';
import { accepts, type FileValue, fileWords } from './values.ts';

// Only who paints a mask needs it.
const Painter = lazy(() => import('./mask/painter.tsx'));

interface FileFieldProps {
  readonly id: string;
  readonly def: ParameterDef;
  readonly label: string;
  readonly value: FileValue | null;
  readonly error: string | undefined;
  readonly onChange: (value: FileValue | null) => void;
  /** What is wrong with the chosen file or its way up, to be shown as the field's error. */
  readonly onProblem: (message: string) => void;
  /** The workflow takes a mask from this picture. */
  readonly masked?: boolean;
}

interface Sending {
  readonly name: string;
  readonly thumb: string | null;
  readonly progress: number;
}

/** Sends a chosen file up at once, so that Run has nothing left to wait for. */
function useSending({ def, onChange, onProblem }: FileFieldProps) {
  const { t } = useTranslation();
  const [sending, setSending] = useState<Sending | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const send = async (file: File | null | undefined, painted?: { of: File; strokes: readonly Stroke[] }) => {
    if (!file) return;
    current.current?.abort();
    if (!accepts(def.accept, file)) {
      return onProblem(t('form.wrongFile', { name: file.name, accept: def.accept?.join(', ') ?? '' }));
    }
    if (file.size === 0) return onProblem(t('form.emptyFile', { name: file.name }));
    const controller = new AbortController();
    current.current = controller;
    const thumb = await thumbOf(file);
    setSending({ name: file.name, thumb, progress: 0 });
    try {
      const progress = (fraction: number) => setSending({ name: file.name, thumb, progress: fraction });
      const file_key = await uploadFile(file, progress, controller.signal);
      keepSource(file_key, painted ? { file: painted.of, strokes: painted.strokes } : { file, strokes: [] });
      onChange({ file_key, name: file.name, size: file.size, thumb });
    } catch (error) {
      if (!controller.signal.aborted) onProblem(error instanceof Error ? error.message : String(error));
    } finally {
      if (current.current === controller) setSending(null);
    }
  };
  /** A work of the gallery: it is at the gateway already. */
  const take = async (work: Dragged) => {
    current.current?.abort();
    if (!accepts(def.accept, { name: work.name, type: work.content_type })) {
      return onProblem(t('form.wrongFile', { name: work.name, accept: def.accept?.join(', ') ?? '' }));
    }
    try {
      const [input, thumb] = await Promise.all([galleryApi.asInput(work.id), lasting(work.thumb)]);
      onChange({ file_key: input.file_key, name: input.file_name, size: input.size, thumb });
    } catch (error) {
      onProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return { sending, send, take };
}

interface FilledProps {
  readonly id: string;
  readonly name: string;
  readonly thumb: string | null;
  readonly words: string;
}

function Filled({ id, name, thumb, words }: FilledProps) {
  const { t } = useTranslation();
  return (
    <>
      {thumb ? (
        <img
          src={thumb}
          alt={t('form.previewOf', { name })}
          className="h-36 w-full rounded-control object-contain"
        />
      ) : (
        <FileImage size={28} strokeWidth={1.5} className="text-soft" aria-hidden />
      )}
      <span id={`${id}-words`} className="max-w-full truncate text-small text-soft">
        {words}
      </span>
    </>
  );
}

interface MaskProps {
  readonly value: FileValue;
  readonly onPainted: (masked: File, painted: { of: File; strokes: readonly Stroke[] }) => Promise<void>;
}

/** Opens the painter over the chosen picture. Offered in the visit in which it was chosen: only then it is here whole. */
function Mask({ value, onPainted }: MaskProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const source = sourceOf(value.file_key);
  if (!source) return <p className="mt-1.5 text-small text-soft">{t('form.mask.chooseAgain')}</p>;
  return (
    <>
      <Button className="mt-2 w-full" onClick={() => setOpen(true)}>
        <Brush size={16} strokeWidth={1.5} aria-hidden />
        {t(source.strokes.length ? 'form.mask.goOn' : 'form.mask.paint')}
      </Button>
      {open && (
        <Suspense>
          <Painter
            file={source.file}
            strokes={source.strokes}
            onClose={() => setOpen(false)}
            onDone={(masked, strokes) => {
              setOpen(false);
              void onPainted(masked, { of: source.file, strokes });
            }}
          />
        </Suspense>
      )}
    </>
  );
}

export function FileField(props: FileFieldProps) {
  const { id, def, label, value, error, onChange, masked = false } = props;
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { sending, send, take } = useSending(props);
  const picture = def.accept?.some((pattern) => pattern.startsWith('image/'));
  const drop = (event: DragEvent) => {
    event.preventDefault(); // tells the window that this field takes it
    setOver(false);
    const work = readDragged(event.dataTransfer);
    if (work) void take(work);
    else void droppedFile(event.dataTransfer).then(send, () => undefined);
  };
  return (
    <div className="relative">
      <button
        type="button"
        id={id}
        aria-labelledby={`${id}-label ${id}-words`}
        {...describes(id, error, def.description)}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={clsx(
          'flex h-52 w-full flex-col items-center justify-center gap-2 rounded-card border border-dashed p-3 transition-colors',
          over ? 'border-accent bg-accent/8' : 'border-faint bg-ground hover:bg-surface',
          error && 'border-bad',
        )}
      >
        {sending ? (
          <Filled
            id={id}
            name={sending.name}
            thumb={sending.thumb}
            words={t('form.uploading', { name: sending.name })}
          />
        ) : value ? (
          <Filled id={id} name={value.name} thumb={value.thumb} words={fileWords(value)} />
        ) : (
          <>
            <FileUp size={28} strokeWidth={1.5} className="text-soft" aria-hidden />
            <span id={`${id}-words`} className="text-soft">
              {t(picture ? 'form.dropPicture' : 'form.dropFile')}
            </span>
          </>
        )}
      </button>
      {sending && (
        <div className="absolute inset-x-3 bottom-1.5">
          <ProgressLine value={sending.progress} label={t('form.uploading', { name: sending.name })} />
        </div>
      )}
      {value && !sending && (
        <button
          type="button"
          aria-label={t('form.removeFile', { name: value.name })}
          onClick={() => onChange(null)}
          className="absolute top-2 right-2 flex size-8 items-center justify-center rounded-full bg-raised text-soft hover:text-text"
        >
          <X size={16} strokeWidth={1.5} aria-hidden />
        </button>
      )}
      {masked && value && !sending && <Mask value={value} onPainted={send} />}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={def.accept?.join(',')}
        onChange={(event) => {
          void send(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
}
