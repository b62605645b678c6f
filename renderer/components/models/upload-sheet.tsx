import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ModelFacts, readModelFacts } from '#shared/models/facts.ts';
import { beginUpload } from '../../state/model-uploads.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { bytes } from '../format.ts';
import { isGoodPlace, type Place, PlaceFields, pathOf } from './place-fields.tsx';
import { cleanName, factWords, folderFor } from './words.ts';

interface UploadSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Where a missing model belongs. */
  readonly wish?: { readonly folder: string; readonly name: string } | undefined;
}

interface Chosen {
  readonly file: File;
  readonly facts: ModelFacts;
}

/** What the file says of itself, read in the browser: where it belongs need not be asked. */
async function look(file: File): Promise<Chosen> {
  const facts = await readModelFacts(
    file.name,
    file.size,
    async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
  );
  return { file, facts };
}

const placeOf = ({ file, facts }: Chosen, wish: UploadSheetProps['wish']): Place => ({
  displayName: facts.title || file.name.replace(/\.[^.]+$/, ''),
  folder: wish?.folder ?? folderFor(facts.kind),
  name: wish?.name ?? cleanName(file.name),
});

function Chooser({ onFile }: { onFile: (file: File | undefined) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button in it does the same
    <div
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onFile(event.dataTransfer.files[0]);
      }}
      className="flex flex-col items-center gap-3 rounded-card border border-line border-dashed bg-well px-4 py-10 text-center"
    >
      <FileUp size={28} strokeWidth={1.5} className="text-soft" aria-hidden />
      <Button look="primary" onClick={() => input.current?.click()}>
        {t('models.upload.choose')}
      </Button>
      <p className="text-small text-soft">{t('models.upload.drop')}</p>
      <input
        ref={input}
        type="file"
        accept=".safetensors,.sft,.gguf,.ckpt,.pt,.pt2,.pth,.bin,.pkl,.onnx"
        aria-label={t('models.upload.choose')}
        tabIndex={-1}
        className="hidden"
        onChange={(event) => onFile(event.target.files?.[0])}
      />
    </div>
  );
}

/** Chooses a model, shows what it is, and sends it on its way. */
export function UploadSheet({ open, onClose, wish }: UploadSheetProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Chosen>();
  const [place, setPlace] = useState<Place>();
  const choose = async (file: File | undefined) => {
    if (!file) return;
    const seen = await look(file);
    setChosen(seen);
    setPlace(placeOf(seen, wish));
  };
  const close = () => {
    setChosen(undefined);
    setPlace(undefined);
    onClose();
  };
  const start = () => {
    if (!chosen || !place) return;
    const { displayName, folder } = place;
    beginUpload({ file: chosen.file, displayName: displayName.trim(), folder, path: pathOf(place) });
    close();
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={t('models.upload.title')}
      footer={
        chosen &&
        place && (
          <>
            <Button
              look="primary"
              disabled={!isGoodPlace(place) || chosen.facts.problem !== '' || chosen.file.size === 0}
              onClick={start}
            >
              {t('models.upload.start', { size: bytes(chosen.file.size) })}
            </Button>
            <Button look="quiet" onClick={() => setChosen(undefined)}>
              {t('models.upload.another')}
            </Button>
          </>
        )
      }
    >
      {chosen && place ? (
        <div className="flex flex-col gap-4">
          <Seen facts={chosen.facts} />
          <PlaceFields place={place} onChange={setPlace} />
        </div>
      ) : (
        <Chooser onFile={(file) => void choose(file)} />
      )}
    </Sheet>
  );
}

function Seen({ facts }: { facts: ModelFacts }) {
  const { t } = useTranslation();
  if (facts.problem) {
    return (
      <p role="alert" className="rounded-card border border-bad/50 p-3 text-bad">
        {t('models.upload.broken', { problem: facts.problem })}
      </p>
    );
  }
  if (facts.format === 'pickle')
    return <p className="rounded-card border border-wait/50 p-3 text-wait">{t('models.pickleHint')}</p>;
  return <p className="text-soft">{t('models.upload.seen', { what: factWords(t, facts) })}</p>;
}
