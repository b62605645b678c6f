import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown, CircleX, Download, TriangleAlert } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type EngineItem, type LogQuery, logLevels } from '#shared/wire/engines.ts';
import { Button } from '../../ui/button.tsx';
import { Select, Switch } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { Problem } from '../problem.tsx';
import { nameOf } from './standing.ts';
import { type LogLine, logLimit, type ShownLog, useEngineLog } from './use-log.ts';

type Level = LogQuery['level'];

const textOf = (lines: readonly LogLine[]) => `${lines.map((line) => line.text).join('\n')}\n`;

const colours: Record<LogLine['level'], string> = {
  info: 'text-soft',
  warning: 'text-wait',
  error: 'text-bad',
};

/** A warning or an error has a shape in the margin beside its colour. */
function Mark({ level }: { level: LogLine['level'] }) {
  const { t } = useTranslation();
  if (level === 'info') return null;
  const Icon = level === 'error' ? CircleX : TriangleAlert;
  return <Icon size={13} strokeWidth={1.5} aria-label={t(`engines.log.${level}`)} />;
}

/** The last line stays in sight until somebody scrolls up, and again once they are back at the end. */
function useFollow(box: RefObject<HTMLDivElement | null>) {
  const [follow, setFollow] = useState(true);
  const last = useRef(0);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    const rest = scrollHeight - clientHeight - scrollTop;
    if (rest < 8) setFollow(true);
    else if (scrollTop < last.current - 4 && rest > 60) setFollow(false);
    last.current = scrollTop;
  };
  return { follow, setFollow, onScroll };
}

function Lines({ log, name, search }: { log: ShownLog; name: string; search: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { follow, setFollow, onScroll } = useFollow(box);
  const { lines, first, read } = log;
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (index) => first + index,
  });
  useEffect(() => {
    if (follow && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, lines, rows]);
  return (
    <div className="relative">
      <section
        ref={box}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={t('engines.log.name', { name })}
        className="h-[min(60dvh,40rem)] min-h-64 overflow-auto rounded-card border border-line bg-well py-3 font-mono text-tiny leading-5"
      >
        {read && lines.length === 0 && (
          <p className="px-4 font-sans text-body text-soft">
            {t(search ? 'engines.log.nothing' : 'engines.log.empty')}
          </p>
        )}
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const line = lines[row.index];
            if (!line) return null;
            return (
              <div
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                style={{ transform: `translateY(${row.start}px)` }}
                className={clsx('absolute inset-x-0 top-0 flex gap-2 px-3', colours[line.level])}
              >
                <span className="flex h-5 w-4 shrink-0 items-center">
                  <Mark level={line.level} />
                </span>
                <span className="min-w-0 flex-1 whitespace-pre-wrap">{line.text || ' '}</span>
              </div>
            );
          })}
        </div>
      </section>
      {!follow && (
        <Button className="absolute right-4 bottom-12 bg-raised shadow-lift" onClick={() => setFollow(true)}>
          <ArrowDown size={15} strokeWidth={1.5} aria-hidden />
          {t('engines.log.toEnd')}
        </Button>
      )}
      <div className="mt-3 flex items-center justify-between gap-4 text-small text-soft">
        <p className="tabular">
          {lines.length < logLimit
            ? t('engines.log.lines', { count: lines.length })
            : t('engines.log.bounded', { count: logLimit })}
        </p>
        <div className="flex items-center gap-2">
          <span id="log-follow">{t('engines.log.follow')}</span>
          <Switch aria-labelledby="log-follow" checked={follow} onChange={setFollow} />
        </div>
      </div>
    </div>
  );
}

interface ToolsProps {
  readonly search: string;
  readonly level: Level;
  readonly onSearch: (text: string) => void;
  readonly onLevel: (level: Level) => void;
}

function Tools({ search, level, onSearch, onLevel }: ToolsProps) {
  const { t } = useTranslation();
  return (
    <>
      <SearchField label={t('engines.log.search')} value={search} onChange={onSearch} className="basis-56" />
      <Select
        aria-label={t('engines.log.level')}
        value={level}
        options={logLevels.map((value) => ({ value, label: t(`engines.log.levels.${value}`) }))}
        onChange={(next) => onLevel(next as Level)}
        className="max-w-56"
      />
    </>
  );
}

/** What the engine says, live, to search, to filter and to take along. */
export function Log({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [level, setLevel] = useState<Level>('all');
  const log = useEngineLog(engine, search, level);
  const name = nameOf(t, engine);
  const text = () => textOf(log.lines);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Tools search={search} level={level} onSearch={setSearch} onLevel={setLevel} />
        <CopyButton text={text} label={t('engines.log.copy')} />
        <Button onClick={() => saveFile(`${engine.engine_id}.log`, text())}>
          <Download size={16} strokeWidth={1.5} aria-hidden />
          {t('engines.log.download')}
        </Button>
      </div>
      {log.error && <Problem error={log.error} />}
      <Lines key={`${search} ${level}`} log={log} name={name} search={search} />
    </div>
  );
}
