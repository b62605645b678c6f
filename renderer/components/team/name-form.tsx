import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { refreshProfile } from '../../api/session.ts';
import { shellApi } from '../../api/shell.ts';
import { chooseTeam } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { Problem } from '../problem.tsx';

interface NameFormProps {
  readonly id: string;
  readonly label: string;
  readonly act: string;
  readonly name: string;
  readonly send: (name: string) => Promise<unknown>;
}

/** One name and its button. */
function NameForm({ id, label, act, name, send }: NameFormProps) {
  const { t } = useTranslation();
  const save = useMutation({ mutationFn: send });
  const { register, handleSubmit, formState } = useForm({ values: { name } });
  const error = formState.errors.name?.message;
  return (
    <form
      noValidate
      onSubmit={(event) => void handleSubmit((typed) => save.mutate(typed.name.trim()))(event)}
      className="flex max-w-md flex-col gap-3"
    >
      <Field id={id} label={label} error={error}>
        <div className="flex gap-2">
          <input
            id={id}
            autoComplete="off"
            className={`${controlClass} h-10`}
            {...describes(id, error)}
            {...register('name', {
              validate: (typed) =>
                (typed.trim().length > 0 && typed.trim().length <= 100) || t('teamPage.nameRule'),
            })}
          />
          <Button type="submit" className="h-10" disabled={save.isPending || !formState.isDirty}>
            {act}
          </Button>
        </div>
      </Field>
      {save.isError && <Problem error={save.error} />}
    </form>
  );
}

export function RenameTeam({ name }: { name: string }) {
  const { t } = useTranslation();
  const rename = async (next: string) => {
    await shellApi.renameTeam(next);
    await refreshProfile();
    notify.done(t('teamPage.renamed'));
  };
  return (
    <NameForm
      id="team-name"
      label={t('teamPage.name')}
      act={t('teamPage.rename')}
      name={name}
      send={rename}
    />
  );
}

/** A further team, in which the desk then works. */
export function CreateTeam() {
  const { t } = useTranslation();
  const create = async (name: string) => chooseTeam((await shellApi.createTeam(name)).id);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-soft">{t('teamPage.otherBody')}</p>
      <NameForm
        id="new-team"
        label={t('teamPage.newName')}
        act={t('teamPage.create')}
        name=""
        send={create}
      />
    </div>
  );
}
