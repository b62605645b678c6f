import { useTranslation } from 'react-i18next';
import { Select } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { isLibraryPath, knownFolders } from './words.ts';

export interface Place {
  readonly displayName: string;
  readonly folder: string;
  /** File name, with folders in front if need be. */
  readonly name: string;
}

export const pathOf = ({ folder, name }: Place): string => `${folder}/${name}`;
export const isGoodPlace = (place: Place): boolean =>
  place.displayName.trim() !== '' && isLibraryPath(pathOf(place));

/** How a model is called, and where it goes. */
export function PlaceFields({ place, onChange }: { place: Place; onChange: (place: Place) => void }) {
  const { t } = useTranslation();
  const folders = [...new Set([...knownFolders, place.folder])].sort();
  const wrong = place.name !== '' && !isLibraryPath(pathOf(place)) ? t('models.upload.pathRule') : undefined;
  return (
    <>
      <Field id="model-name" label={t('models.upload.name')}>
        <input
          id="model-name"
          value={place.displayName}
          maxLength={255}
          onChange={(event) => onChange({ ...place, displayName: event.target.value })}
          className={`${controlClass} h-10`}
        />
      </Field>
      <Field id="model-folder" label={t('models.upload.folder')}>
        <Select
          id="model-folder"
          aria-labelledby="model-folder-label"
          value={place.folder}
          options={folders.map((value) => ({ value, label: value }))}
          onChange={(folder) => onChange({ ...place, folder })}
        />
      </Field>
      <Field id="model-file" label={t('models.upload.file')} hint={t('models.upload.fileHint')} error={wrong}>
        <input
          id="model-file"
          value={place.name}
          maxLength={400}
          {...describes('model-file', wrong, true)}
          onChange={(event) => onChange({ ...place, name: event.target.value })}
          className={`${controlClass} h-10`}
        />
      </Field>
    </>
  );
}
