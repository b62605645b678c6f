import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from '../api/queries.ts';
import { Notices } from '../ui/notices.tsx';
import { Catch } from './catch.tsx';
import { Gate } from './gate.tsx';
import { Shell } from './shell.tsx';

export function App() {
  return (
    <Catch>
      <QueryClientProvider client={queryClient}>
        <Gate>
          <Shell />
        </Gate>
        <Notices />
      </QueryClientProvider>
    </Catch>
  );
}
