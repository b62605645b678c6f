import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Member } from '#shared/wire/teams.ts';
import { api } from '../../api/endpoints.ts';
import { keys } from '../../api/queries.ts';
import { refreshProfile } from '../../api/session.ts';
import { shellApi } from '../../api/shell.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Select } from '../../ui/controls.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { Problem } from '../problem.tsx';
import { Row, Rows } from '../settings/row.tsx';

interface EndingProps {
  readonly team: string;
  readonly members: readonly Member[];
  readonly me: string;
}

/** Somebody else becomes the owner. */
function HandOver({ team, members, me }: EndingProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const others = members.filter(({ user_id }) => user_id !== me);
  const [heir, setHeir] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const transfer = useMutation({
    mutationFn: shellApi.transferTeam,
    onSuccess: () => Promise.all([refreshProfile(), client.invalidateQueries({ queryKey: keys.members })]),
  });
  const name = others.find(({ user_id }) => user_id === heir)?.display_name ?? '';
  const body = others.length === 0 ? t('teamPage.nobody') : t('teamPage.handOverBody');
  return (
    <Row title={t('teamPage.handOver')} body={body}>
      {others.length > 0 && (
        <div className="flex w-full gap-2 sm:w-auto">
          <Select
            aria-label={t('teamPage.handOverTo')}
            placeholder={t('teamPage.handOverTo')}
            value={heir}
            options={others.map((one) => ({ value: one.user_id, label: one.display_name }))}
            onChange={setHeir}
            className="max-w-44"
          />
          <Button className="h-10" disabled={!heir || transfer.isPending} onClick={() => setAsked(true)}>
            {t('teamPage.handOverAct')}
          </Button>
        </div>
      )}
      {transfer.isError && <Problem error={transfer.error} />}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('teamPage.handOverAsk', { name, team })}
        body={t('teamPage.handOverWarn')}
        act={t('teamPage.handOverAct')}
        keep={t('teamPage.keep')}
        onAct={() => heir && transfer.mutate(heir)}
      />
    </Row>
  );
}

/** For good: asked for by typing the name, since nothing brings it back. */
function Delete({ team }: { team: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useMutation({ mutationFn: shellApi.deleteTeam, onSuccess: () => location.assign('/') });
  return (
    <Row title={t('teamPage.delete')} body={t('teamPage.deleteBody')}>
      <Button look="danger" disabled={remove.isPending} onClick={() => setAsked(true)}>
        {t('teamPage.delete')}
      </Button>
      {remove.isError && <Problem error={remove.error} />}
      <Confirm
        open={asked}
        onClose={() => {
          setAsked(false);
          setTyped('');
        }}
        title={t('teamPage.deleteAsk', { team })}
        body={
          <div className="flex flex-col gap-3">
            {t('teamPage.deleteWarn')}
            <Field id="delete-team" label={t('teamPage.deleteType')}>
              <input
                id="delete-team"
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                className={`${controlClass} h-10`}
              />
            </Field>
          </div>
        }
        act={t('teamPage.deleteAct')}
        keep={t('teamPage.keep')}
        danger
        ready={typed.trim() === team}
        onAct={() => remove.mutate()}
      />
    </Row>
  );
}

function Leave({ team }: { team: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const leave = useMutation({ mutationFn: api.leaveTeam, onSuccess: () => location.assign('/') });
  return (
    <Row title={t('team.leave')} body={t('team.leaveAsk', { team })}>
      <Button look="danger" disabled={leave.isPending} onClick={() => setAsked(true)}>
        {t('team.leave')}
      </Button>
      {leave.isError && <Problem error={leave.error} />}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('team.leave')}
        body={t('team.leaveAsk', { team })}
        act={t('team.leave')}
        keep={t('teamPage.keep')}
        danger
        onAct={() => leave.mutate()}
      />
    </Row>
  );
}

/** How one gets out of a team: its owner hands it over or ends it, all others leave. */
export function Ending({ owner, ...props }: EndingProps & { owner: boolean }) {
  return (
    <Rows>
      {owner ? (
        <>
          <HandOver {...props} />
          <Delete team={props.team} />
        </>
      ) : (
        <Leave team={props.team} />
      )}
    </Rows>
  );
}
