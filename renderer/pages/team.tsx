import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may } from '#shared/rights.ts';
import { api } from '../api/endpoints.ts';
import { useMembers } from '../api/queries.ts';
import { Page, Section } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { Settled } from '../components/settled.tsx';
import { Invitations, InviteForm } from '../components/team/invitations.tsx';
import { Members } from '../components/team/members.tsx';
import { Webhooks } from '../components/webhooks/webhooks.tsx';
import { chooseTeam, teamOf, useConnection } from '../state/connection.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/controls.tsx';

/** Several teams: which one the desk works in. */
function TeamChoice() {
  const { t } = useTranslation();
  const profile = useConnection((state) => state.profile);
  const teams = profile?.team_list ?? [];
  if (teams.length < 2) return null;
  return (
    <Select
      aria-label={t('team.current')}
      value={teamOf(profile)?.id ?? null}
      options={teams.map(({ id, display_name }) => ({ value: id, label: display_name }))}
      onChange={chooseTeam}
      className="max-w-64"
    />
  );
}

function Leave({ owner, team }: { owner: boolean; team: string }) {
  const { t } = useTranslation();
  const leave = useMutation({ mutationFn: api.leaveTeam, onSuccess: () => location.assign('/') });
  if (owner) return <p className="text-soft">{t('team.ownerStays')}</p>;
  return (
    <div className="flex flex-col items-start gap-4">
      <Button
        look="danger"
        disabled={leave.isPending}
        onClick={() => {
          if (window.confirm(t('team.leaveAsk', { team }))) leave.mutate();
        }}
      >
        {t('team.leave')}
      </Button>
      {leave.isError && <Problem error={leave.error} />}
    </div>
  );
}

export default function Team() {
  const { t } = useTranslation();
  const profile = useConnection((state) => state.profile);
  const team = teamOf(profile);
  const query = useMembers();
  const role = team?.team_role;
  const hasWebhooks = profile?.feature_flags.teams[team?.id ?? '']?.features.webhooks === true;
  const count = query.data?.length ?? 0;
  const subtitle = role && count > 0 ? t('team.subtitle', { count, role: t(`team.roles.${role}`) }) : ' ';
  return (
    <Page title={team?.display_name ?? t('team.title')} subtitle={subtitle} actions={<TeamChoice />}>
      <div className="max-w-3xl">
        <Settled query={query}>
          {(members) => (
            <Section title={t('team.members')}>
              <Members members={members} me={profile?.id ?? ''} role={role} />
            </Section>
          )}
        </Settled>
        {may(role, 'createInvitation') && (
          <Section title={t('team.invite')}>
            <InviteForm />
          </Section>
        )}
        <Section title={t('team.invitations')}>
          <Invitations mayCancel={may(role, 'cancelInvitation')} />
        </Section>
        {may(role, 'listWebhooks') && hasWebhooks && (
          <Section title={t('webhooks.title')}>
            <Webhooks />
          </Section>
        )}
        <Section title={t('team.leave')}>
          <Leave owner={role === 'owner'} team={team?.display_name ?? ''} />
        </Section>
      </div>
    </Page>
  );
}
