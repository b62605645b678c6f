import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { followTeam } from '../api/live-updates.ts';
import { signInByItself } from '../api/session.ts';
import { useConnection } from '../state/connection.ts';
import { Blank, KilnMark } from '../ui/blank.tsx';
import { Button } from '../ui/button.tsx';

const SignIn = lazy(() => import('./sign-in.tsx'));

const retryEvery = 2000;

function Unreachable() {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = setInterval(() => void signInByItself(), retryEvery);
    return () => clearInterval(timer);
  }, []);
  return (
    <main className="px-4 pt-[12vh]">
      <Blank level={1} title={t('gate.unreachableTitle')} body={t('gate.unreachableBody')}>
        <Button look="primary" onClick={() => void signInByItself()}>
          {t('gate.tryNow')}
        </Button>
        <p className="basis-full text-soft">{t('gate.unreachableHint')}</p>
      </Blank>
    </main>
  );
}

/** Lets the desk in once it knows who is there and that the gateway answers. */
export function Gate({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const phase = useConnection((state) => state.phase);
  useEffect(() => {
    if (phase === 'starting') void signInByItself();
  }, [phase]);
  useEffect(() => (phase === 'ready' ? followTeam() : undefined), [phase]);

  if (phase === 'ready') return children;
  if (phase === 'unreachable') return <Unreachable />;
  if (phase === 'signed-out') {
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <main className="flex h-dvh items-center justify-center" aria-busy="true">
      <h1 className="sr-only">{t('gate.startingTitle')}</h1>
      <KilnMark lit />
    </main>
  );
}
