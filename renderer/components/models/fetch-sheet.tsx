import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useModelChange } from '../../api/model-queries.ts';
import { modelApi } from '../../api/models.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { isGoodPlace, type Place, PlaceFields, pathOf } from './place-fields.tsx';
import { cleanName } from './words.ts';

export interface FetchWish {
  readonly url: string;
  readonly sha256: string;
  readonly folder: string;
  readonly name: string;
}

interface FetchSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly wish?: FetchWish | undefined;
}

const nameIn = (url: string): string => {
  const path = URL.parse(url)?.pathname ?? '';
  try {
    return cleanName(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)));
  } catch {
    return '';
  }
};

const blank: Place = { displayName: '', folder: 'checkpoints', name: '' };

/** The address is enough; what it is called follows from it, until somebody says otherwise. */
function useForm({ open, wish }: FetchSheetProps) {
  const [url, setUrl] = useState('');
  const [hash, setHash] = useState('');
  const [place, setPlace] = useState(blank);
  useEffect(() => {
    if (!open) return;
    setUrl(wish?.url ?? '');
    setHash(wish?.sha256 ?? '');
    const name = wish?.name ?? '';
    setPlace({ displayName: name.replace(/\.[^.]+$/, ''), folder: wish?.folder ?? 'checkpoints', name });
  }, [open, wish]);
  const type = (next: string) => {
    const [before, after] = [nameIn(url), nameIn(next)];
    setUrl(next);
    if (place.name === before || place.name === '')
      setPlace({ ...place, name: after, displayName: after.replace(/\.[^.]+$/, '') });
  };
  return { url, hash, place, type, setHash, setPlace };
}

/** Has the gateway fetch a model from the internet. */
export function FetchSheet(props: FetchSheetProps) {
  const { t } = useTranslation();
  const { open, onClose } = props;
  const { url, hash, place, type, setHash, setPlace } = useForm(props);
  const fetch = useModelChange(modelApi.fetch);
  const digits = hash.trim().replace(/^sha256:/i, '');
  const badUrl = url !== '' && URL.parse(url)?.protocol !== 'https:' ? t('models.fetch.urlRule') : undefined;
  const badHash = digits !== '' && !/^[0-9a-f]{64}$/i.test(digits) ? t('models.fetch.hashRule') : undefined;
  const good = url !== '' && !badUrl && !badHash && isGoodPlace(place);
  const start = () =>
    fetch.mutate(
      {
        ...{
          url,
          display_name: place.displayName.trim(),
          model_type: place.folder,
          model_path: pathOf(place),
        },
        ...(digits && { file_hash: `sha256:${digits}` }),
      },
      {
        onSuccess: () => {
          notify.done(t('models.fetch.begun'));
          onClose();
        },
      },
    );
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t('models.fetch.title')}
      footer={
        <Button look="primary" disabled={!good || fetch.isPending} onClick={start}>
          {t('models.fetch.start')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-soft">{t('models.fetch.body')}</p>
        <Field id="model-url" label={t('models.fetch.url')} hint={t('models.fetch.urlHint')} error={badUrl}>
          <input
            id="model-url"
            type="url"
            value={url}
            {...describes('model-url', badUrl, true)}
            onChange={(event) => type(event.target.value.trim())}
            className={`${controlClass} h-10`}
          />
        </Field>
        <Field
          id="model-hash"
          label={t('models.fetch.hash')}
          hint={t('models.fetch.hashHint')}
          error={badHash}
        >
          <input
            id="model-hash"
            value={hash}
            spellCheck={false}
            {...describes('model-hash', badHash, true)}
            onChange={(event) => setHash(event.target.value)}
            className={`${controlClass} h-10 font-mono`}
          />
        </Field>
        <PlaceFields place={place} onChange={setPlace} />
      </div>
    </Sheet>
  );
}
