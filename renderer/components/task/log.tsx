import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { CircleX, Download, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { atLeast, type LogLevel } from '#shared/log-levels.ts';
import { leastLevels, type TaskLogLine } from '#shared/wire/task-log.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { timeOfDay } from '../format.ts';
import { Section } from '../page.tsx';
import { Problem } from '../problem.tsx';
import { useStoredLog } from './use-log.ts';

const colours: Record<LogLevel, string> = { info: 'text-soft', warning: 'text-wait', error: 'text-bad' };

/** A warning or an error has a shape in the margin beside its colour. */
function Mark({ level }: { level: LogLevel }) {
  const { t } = useTranslation();
  if (level === 'info') return null;
  const Icon = level === 'error' ? CircleX : TriangleAlert;
  return <Icon size={13} strokeWidth={1.5} aria-label={t(`taskLog.${level}`)} />;
}

/** The first line of each attempt says so, where there were several. */
const beginsAttempt = (lines: readonly TaskLogLine[], index: number): boolean =>
  (lines.at(-1)?.attempt ?? 1) > 1 && lines[index]?.attempt !== lines[index - 1]?.attempt;

function Lines({ lines, empty }: { lines: readonly TaskLogLine[]; empty: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (index) => lines[index]?.line ?? index,
  });
  // The last line stays in sight until somebody scrolls up.
  useEffect(() => {
    if (atEnd.current && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [lines, rows]);
  return (
    <div
      ref={box}
      role="log"
      aria-label={t('task.log')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - clientHeight - scrollTop < 24;
      }}
      className={clsx(
        'overflow-auto rounded-card border border-line bg-surface py-3 font-mono text-tiny leading-5',
        lines.length > 8 ? 'h-80' : 'max-h-80',
      )}
    >
      {lines.length === 0 && <p className="px-4 font-sans text-body text-soft">{empty}</p>}
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
              className={clsx('absolute inset-x-0 top-0 px-3', colours[line.level])}
            >
              {beginsAttempt(lines, row.index) && (
                <p className="mt-1 border-line border-t pt-1 font-sans text-text">
                  {t('taskLog.attempt', { number: line.attempt })}
                </p>
              )}
              <span className="flex gap-2">
                <time dateTime={line.at} className="hidden shrink-0 text-soft sm:block">
                  {timeOfDay(line.at)}
                </time>
                <span className="flex h-5 w-4 shrink-0 items-center">
                  <Mark level={line.level} />
                </span>
                <span className="min-w-0 flex-1 whitespace-pre-wrap">{line.text || ' '}</span>
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface ToolsProps {
  readonly search: string;
  readonly level: LogLevel;
  readonly text: () => string;
  readonly name: string;
  readonly onSearch: (search: string) => void;
  readonly onLevel: (level: LogLevel) => void;
}

function Tools({ search, level, text, name, onSearch, onLevel }: ToolsProps) {
  const { t } = useTranslation();
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField label={t('taskLog.search')} value={search} onChange={onSearch} className="basis-52" />
      <Select
        aria-label={t('taskLog.level')}
        value={level}
        options={leastLevels.map((value) => ({ value, label: t(`taskLog.levels.${value}`) }))}
        onChange={(next) => onLevel(next as LogLevel)}
        className="max-w-52"
      />
      <CopyButton text={text} label={t('taskLog.copy')} />
      <Button
        size="icon"
        aria-label={t('taskLog.download')}
        title={t('taskLog.download')}
        onClick={() => saveFile(name, text())}
      >
        <Download size={16} strokeWidth={1.5} aria-hidden />
      </Button>
    </div>
  );
}

/** What the engine said, kept with the task: to search, to filter by level and to take along. Follows while it runs. */
export function Log({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const log = useStoredLog(task);
  const [search, setSearch] = useState('');
  const [level, setLevel] = useState<LogLevel>('info');
  if (!log.read && !log.error) return null;
  const wanted = search.toLowerCase();
  const lines = log.lines.filter(
    (line) => atLeast(line.level, level) && line.text.toLowerCase().includes(wanted),
  );
  const text = () => lines.map((line) => `${line.text}\n`).join('');
  return (
    <Section
      title={t('task.log')}
      aside={
        <span className="tabular text-small text-soft">{t('task.logLines', { count: lines.length })}</span>
      }
    >
      {log.error && <Problem error={log.error} />}
      {log.lines.length > 0 && (
        <Tools
          search={search}
          level={level}
          text={text}
          name={`${task.workflow_slug}-${task.id.slice(0, 8)}.log`}
          onSearch={setSearch}
          onLevel={setLevel}
        />
      )}
      {log.dropped > 0 && (
        <p className="mb-2 text-small text-soft">{t('taskLog.dropped', { count: log.dropped })}</p>
      )}
      {log.lines.length === 0 ? (
        <p className="text-soft">{t('taskLog.none')}</p>
      ) : (
        <Lines lines={lines} empty={t('taskLog.nothing')} />
      )}
    </Section>
  );
}
