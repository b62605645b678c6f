import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '#shared/rights.ts';
import { useMembers } from '../api/queries.ts';
import { Page, Section } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { Ending } from '../components/team/ending.tsx';
import { Invitations, InviteForm } from '../components/team/invitations.tsx';
import { Members } from '../components/team/members.tsx';
import { CreateTeam, RenameTeam } from '../components/team/name-form.tsx';
import { Webhooks } from '../components/webhooks/webhooks.tsx';
import { chooseTeam, teamOf, useConnection } from '../state/connection.ts';
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

/** “Invite somebody” elsewhere leads to the form itself, ready to type. */
function useInviteLink() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (location.hash !== '#invite') return;
    box.current?.scrollIntoView();
    box.current?.querySelector('input')?.focus();
  }, []);
  return box;
}

export default function Team() {
  const { t } = useTranslation();
  const profile = useConnection((state) => state.profile);
  const team = teamOf(profile);
  const query = useMembers();
  const role = team?.team_role;
  const hasWebhooks = profile?.feature_flags.teams[team?.id ?? '']?.features.webhooks === true;
  const count = query.data?.length ?? 0;
  const name = team?.display_name ?? '';
  const me = profile?.id ?? '';
  const invite = useInviteLink();
  const subtitle = role && count > 0 ? t('team.subtitle', { count, role: t(`team.roles.${role}`) }) : ' ';
  return (
    <Page title={team?.display_name ?? t('team.title')} subtitle={subtitle} actions={<TeamChoice />}>
      <div className="max-w-3xl">
        <Settled query={query}>
          {(members) => (
            <Section title={t('team.members')}>
              <Members members={members} me={me} role={role} />
            </Section>
          )}
        </Settled>
        {may(role, 'createInvitation') && (
          <div id="invite" ref={invite} className="mt-8 scroll-mt-6">
            <Section title={t('team.invite')}>
              <InviteForm />
            </Section>
            <Section title={t('team.invitations')}>
              <Invitations mayCancel={may(role, 'cancelInvitation')} />
            </Section>
          </div>
        )}
        {may(role, 'updateTeam') && (
          <Section title={t('teamPage.this')}>
            <RenameTeam name={name} />
          </Section>
        )}
        {may(role, 'listWebhooks') && hasWebhooks && (
          <Section title={t('webhooks.title')}>
            <Webhooks />
          </Section>
        )}
        {profile?.feature_flags.account.features.manual_team_creation && (
          <Section title={t('teamPage.other')}>
            <CreateTeam />
          </Section>
        )}
        <Section title={t('teamPage.ending')}>
          <Ending owner={role === 'owner'} team={name} members={query.data ?? []} me={me} />
        </Section>
      </div>
    </Page>
  );
}
