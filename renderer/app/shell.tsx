import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { DropTarget } from '../components/drop-target.tsx';
import { LineBanner } from '../components/shell/line-banner.tsx';
import Home from '../pages/home.tsx';
import { Blank } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';
import { Overlays } from './overlays.tsx';
import { later } from './page.ts';
import { Rail } from './rail.tsx';

// Home is in the first load; every other page comes when it is asked for.
const Workflows = later(() => import('../pages/workflows.tsx'));
const Workflow = later(() => import('../pages/workflow.tsx'));
const Import = later(() => import('../pages/import.tsx'));
const Tasks = later(() => import('../pages/tasks.tsx'));
const Task = later(() => import('../pages/task.tsx'));
const Gallery = later(() => import('../pages/gallery.tsx'));
const Engines = later(() => import('../pages/engines.tsx'));
const EngineAdd = later(() => import('../pages/engine-add.tsx'));
const Engine = later(() => import('../pages/engine.tsx'));
const Models = later(() => import('../pages/models.tsx'));
const Agents = later(() => import('../pages/agents.tsx'));
const Team = later(() => import('../pages/team.tsx'));
const Pair = later(() => import('../pages/pair.tsx'));
const Asides = later(() => import('../components/shell/asides.tsx'));
const Settings = later(() => import('../pages/settings.tsx'));

function NotFound() {
  const { t } = useTranslation();
  return (
    <Blank level={1} title={t('errors.notFoundTitle')} body={t('errors.notFoundBody')}>
      <LinkButton href="/">{t('errors.home')}</LinkButton>
    </Blank>
  );
}

export function Shell() {
  const { t } = useTranslation();
  return (
    <div className="min-h-dvh sm:pl-24">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-control bg-raised px-3 py-2 focus:translate-y-0"
      >
        {t('app.skip')}
      </a>
      <Rail />
      <LineBanner />
      <main id="main" tabIndex={-1} className="outline-none">
        <Suspense>
          <Switch>
            <Route path="/" component={Home} />
            <Route path="/workflows" component={Workflows} />
            <Route path="/workflows/:slug">{({ slug }) => <Workflow key={slug} slug={slug} />}</Route>
            <Route path="/import" component={Import} />
            <Route path="/tasks" component={Tasks} />
            <Route path="/tasks/:id">{({ id }) => <Task key={id} id={id} />}</Route>
            <Route path="/models" component={Models} />
            <Route path="/gallery" component={Gallery} />
            <Route path="/engines" component={Engines} />
            <Route path="/engines/add" component={EngineAdd} />
            <Route path="/engines/:agent/:engine">
              {({ agent, engine }) => <Engine key={`${agent} ${engine}`} agentId={agent} engineId={engine} />}
            </Route>
            <Route path="/agents" component={Agents} />
            <Route path="/team" component={Team} />
            <Route path="/settings/:section?">{({ section }) => <Settings section={section} />}</Route>
            <Route path="/desktop/pair" component={Pair} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </main>
      <Overlays />
      <Suspense>
        <Asides />
      </Suspense>
      <DropTarget />
    </div>
  );
}
