import {
  BookOpen,
  CirclePause,
  CirclePlay,
  Image,
  Keyboard,
  KeyRound,
  type LucideIcon,
  Palette,
  Play,
  Plus,
  Settings2,
  Square,
  Upload,
  UserPlus,
  Users,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useEngineChange, useEngines } from '../../api/engine-queries.ts';
import { type EngineAction, type EngineRef, engineApi } from '../../api/engines.ts';
import { useTasks, useWorkflows } from '../../api/queries.ts';
import { usePause, useQueue } from '../../api/shell.ts';
import { places } from '../../app/rail.tsx';
import { chooseTeam, teamOf, useConnection } from '../../state/connection.ts';
import { openShortcuts } from '../../state/overlays.ts';
import { useMay } from '../../state/rights.ts';
import { themeChoices, useTheme } from '../../state/theme.ts';
import { notify } from '../../ui/notices.tsx';
import { isManaged, isUp, nameOf } from '../engine/standing.ts';
import { ago } from '../format.ts';
import { type SettingsSection, sections } from '../settings/sections.ts';

export const groups = ['pages', 'workflows', 'tasks', 'actions'] as const;
export type Group = (typeof groups)[number];

/** One line of the palette: where it leads or what it does. */
export interface PaletteItem {
  readonly key: string;
  readonly group: Group;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly hint?: string;
  /** Found when it is looked for; the list at rest does without. */
  readonly rare?: true;
  readonly act: () => void;
}

const onError = (error: Error) => void notify.bad(error.message);

function usePages(): PaletteItem[] {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const may = useMay();
  const operator = useConnection((state) => state.profile?.is_operator === true);
  const open = sections.filter((one: SettingsSection) =>
    one.operator ? operator : !one.needs || may(one.needs),
  );
  return [
    ...places.map(({ href, name, icon }) => ({
      ...{ key: href, group: 'pages' as const, icon, label: t(`nav.${name}`) },
      act: () => navigate(href),
    })),
    ...open.map(({ name }) => ({
      ...{ key: `settings ${name}`, group: 'pages' as const, icon: Settings2, rare: true as const },
      label: `${t('settings.title')}: ${t(`settingsPage.sections.${name}`)}`,
      act: () => navigate(`/settings/${name}`),
    })),
  ];
}

function useWorkflowItems(): PaletteItem[] {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const may = useMay();
  return (useWorkflows().data ?? []).map((workflow) => ({
    ...{ key: `workflow ${workflow.id}`, group: 'workflows', icon: Play },
    label: may('runWorkflowBySlug')
      ? t('palette.run', { name: workflow.display_name })
      : workflow.display_name,
    hint: workflow.workflow_slug,
    act: () => navigate(`/workflows/${workflow.workflow_slug}`),
  }));
}

function useTaskItems(): PaletteItem[] {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  return (useTasks({}, 20).data ?? []).map((task) => ({
    ...{ key: `task ${task.id}`, group: 'tasks', icon: Image, label: task.workflow_name },
    hint: `${t(`task.status.${task.task_status}`)}, ${ago(task.created_at, Date.now())}`,
    act: () => navigate(`/tasks/${task.id}`),
  }));
}

function useEngineItems(): PaletteItem[] {
  const { t } = useTranslation();
  const may = useMay();
  const { data } = useEngines();
  const change = useEngineChange(({ ref, action }: { ref: EngineRef; action: EngineAction }) =>
    engineApi.act(ref, action),
  );
  return (data?.engine_list ?? [])
    .filter((engine) => data && isManaged(data, engine.agent_id) && engine.state !== 'incomplete')
    .filter((engine) => may(isUp(engine) && engine.state !== 'crashed' ? 'stopEngine' : 'startEngine'))
    .map((engine) => {
      const stop = isUp(engine) && engine.state !== 'crashed';
      return {
        ...{ key: `engine ${engine.agent_id} ${engine.engine_id}`, group: 'actions' },
        icon: stop ? Square : CirclePlay,
        label: t(`palette.${stop ? 'stopEngine' : 'startEngine'}`, { name: nameOf(t, engine) }),
        hint: engine.agent_id,
        act: () => change.mutate({ ref: engine, action: stop ? 'stop' : 'start' }, { onError }),
      };
    });
}

function useThemeItems(): PaletteItem[] {
  const { t } = useTranslation();
  const { choice, choose } = useTheme();
  return themeChoices
    .filter((theme) => theme !== choice)
    .map((theme) => ({
      ...{ key: `theme ${theme}`, group: 'actions', icon: Palette },
      label: t('palette.theme', { name: t(`settings.themes.${theme}`) }),
      act: () => choose(theme),
    }));
}

function useTeamItems(): PaletteItem[] {
  const { t } = useTranslation();
  const profile = useConnection((state) => state.profile);
  const here = teamOf(profile)?.id;
  return (profile?.team_list ?? [])
    .filter(({ id }) => id !== here)
    .map(({ id, display_name }) => ({
      ...{ key: `team ${id}`, group: 'actions', icon: Users },
      label: t('palette.team', { name: display_name }),
      act: () => chooseTeam(id),
    }));
}

function useQueueItem(): PaletteItem[] {
  const { t } = useTranslation();
  const may = useMay();
  const { data: queue } = useQueue();
  const pause = usePause();
  if (!queue || !may(queue.paused ? 'resumeQueue' : 'pauseQueue')) return [];
  return [
    {
      ...{ key: 'queue', group: 'actions', icon: queue.paused ? CirclePlay : CirclePause },
      label: t(`palette.${queue.paused ? 'resume' : 'pause'}`),
      act: () => pause.mutate(!queue.paused, { onError }),
    },
  ];
}

function usePlainActions(): PaletteItem[] {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const may = useMay();
  const go = (href: string) => () => navigate(href);
  const action = (key: string, icon: LucideIcon, label: string, act: () => void): PaletteItem => ({
    ...{ key, group: 'actions', icon, label, act },
  });
  return [
    ...(may('importWorkflow') ? [action('import', Upload, t('palette.import'), go('/import'))] : []),
    ...(may('addEngine') ? [action('add engine', Plus, t('palette.addEngine'), go('/engines/add'))] : []),
    ...(may('createInvitation') ? [action('invite', UserPlus, t('palette.invite'), go('/team#invite'))] : []),
    ...(may('createCredential') ? [action('key', KeyRound, t('palette.makeKey'), go('/settings/keys'))] : []),
    action('shortcuts', Keyboard, t('palette.shortcuts'), () => setTimeout(openShortcuts)),
    action('docs', BookOpen, t('palette.apiDocs'), () => location.assign('/docs')),
  ];
}

/** Everything the palette offers to whoever is here, in its order. */
export function useItems(): PaletteItem[] {
  return [
    ...usePages(),
    ...useWorkflowItems(),
    ...useTaskItems(),
    ...useQueueItem(),
    ...usePlainActions(),
    ...useEngineItems(),
    ...useThemeItems(),
    ...useTeamItems(),
  ];
}
