import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { queryClient } from '../api/queries.ts';
import { Notices } from '../ui/notices.tsx';
import { Catch } from './catch.tsx';
import { Gate } from './gate.tsx';
import { later } from './page.ts';
import { Shell } from './shell.tsx';

const Invitation = later(() => import('../pages/invitation.tsx'));

export function App() {
  return (
    <Catch>
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <Switch>
            {/* Whoever comes with an invitation has no sign-in yet. */}
            <Route path="/invitation" component={Invitation} />
            <Route>
              <Gate>
                <Shell />
              </Gate>
            </Route>
          </Switch>
        </Suspense>
        <Notices />
      </QueryClientProvider>
    </Catch>
  );
}
