import { CloudOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnection } from '../../state/connection.ts';

/** A break shorter than this mends itself before anybody has read of it. */
const longBreakMs = 20_000;

/** Whether the browser has a network at all; the studio's own machine is reached without one. */
function useOffline(): boolean {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const left = new AbortController();
    const look = () => setOffline(!navigator.onLine);
    window.addEventListener('online', look, left);
    window.addEventListener('offline', look, left);
    return () => left.abort();
  }, []);
  return offline;
}

function useLongBroken(broken: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!broken) return setLong(false);
    const timer = setTimeout(() => setLong(true), longBreakMs);
    return () => clearTimeout(timer);
  }, [broken]);
  return long;
}

/** Over every page while what it shows may be old: that it reconnects, and after a while what that means. */
export function LineBanner() {
  const { t } = useTranslation();
  const broken = useConnection((state) => state.stream === 'broken');
  const offline = useOffline();
  const long = useLongBroken(broken);
  if (!broken) return null;
  return (
    <p
      role="status"
      className="fixed top-3 left-1/2 z-30 flex w-max max-w-[calc(100vw-2rem)] -translate-x-1/2 animate-arrive items-center gap-2 rounded-card border border-line bg-raised px-4 py-1.5 text-small text-wait shadow-lift"
    >
      <CloudOff size={15} strokeWidth={1.5} className="shrink-0" aria-hidden />
      {t(`banner.${offline ? 'offline' : long ? 'away' : 'reconnecting'}`)}
    </p>
  );
}
