import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { leftMessage, orderOf, sessionsBefore } from '../site/heads.ts';
import { sum, type SiteServer } from '../site/site.ts';
import { message } from '../text/message.ts';
import { formatDuration } from '../text/numbers.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { UndoButton } from './undo-button.tsx';

/** How far a drain is, at which pace, and what comes next. */
export function DrainProgress({ server }: { readonly server: SiteServer }): JSX.Element | null {
  const { memory } = useModel();
  const now = useNow();
  const texts = useTexts();
  const cells = server.cells.filter(({ adminState }) => adminState === 'drain');
  const left = sum(cells, ({ sessions }) => sessions);
  const before = sessionsBefore(cells, memory);
  const order = orderOf(cells, memory);
  if (cells.length === 0) return null;
  const done = before === undefined || before === 0 ? undefined : Math.max(0, Math.min(1, 1 - left / before));
  const values = {
    by: order === undefined || order.by === '' ? '' : message('progressBy', { by: order.by }),
    since:
      order === undefined ? '' : message('progressSince', { time: now.times.minute(order.atMs, now.atMs) }),
    pace: paceOf(left, before, order === undefined ? 0 : now.atMs - order.atMs),
    then: left === 0 ? message('progressNext') : '',
  };
  const [first] = cells;
  const service = cells.length === 1 && server.cells.length > 1 ? first?.service : undefined;
  return (
    <section class="progress">
      <div class="line">
        <h3>
          {left === 0
            ? texts.say('progressEmpty')
            : texts.say('progressTitle', { left: leftMessage(cells, memory) })}
        </h3>
        <span class="end">
          <UndoButton subject={{ server: server.name, service }} text="undoDrain" />
        </span>
      </div>
      {done !== undefined && <Bar share={done} label={texts.say('progressBar', { server: server.name })} />}
      <p class="small">{texts.say('progressText', values)}</p>
    </section>
  );
}

function Bar({ share, label }: { readonly share: number; readonly label: string }): JSX.Element {
  const bar = useRef<HTMLElement>(null);
  const percent = Math.round(share * 100);
  useEffect(() => bar.current?.style.setProperty('inline-size', `${percent}%`), [percent]);
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <i ref={bar} />
    </div>
  );
}

/** When it is empty, if it goes on like this; nothing where nobody can tell. */
function paceOf(
  left: number,
  before: number | undefined,
  sinceMs: number,
): ReturnType<typeof message> | string {
  if (before === undefined || left === 0 || before <= left || sinceMs < 1_000) return '';
  const duration = formatDuration(Math.max(1_000, (sinceMs / (before - left)) * left));
  return message('progressPace', { duration });
}
