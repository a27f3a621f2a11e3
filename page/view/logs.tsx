import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { LogEntry } from '../../src/records/log-entry.ts';
import { everyRow, isShown, rowOf, type LogKind, type LogRow, type RowFilter } from '../site/log-rows.ts';
import type { TextKey } from '../text/english.ts';
import type { Model } from '../live/model.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { Sign } from './sign.tsx';

const maxKept = 3_000;
const maxShown = 200;
/** How often new lines are drawn. */
const drawEveryMs = 400;

interface KeptRow extends LogRow {
  readonly number: number;
  readonly entry: LogEntry;
}

interface Kept {
  /** Newest first. */
  readonly rows: readonly KeptRow[];
  readonly dropped: number;
}

const kindTexts: Readonly<Record<LogKind, TextKey>> = {
  event: 'kindEvent',
  order: 'kindOrder',
  session: 'kindSession',
  exchange: 'kindExchange',
  flow: 'kindFlow',
};

/** What happened and what happens: changes, orders, sessions. */
export function LogsView(): JSX.Element {
  const { api } = useModel();
  const texts = useTexts();
  const [filter, setFilter] = useState(everyRow);
  const [isFollowing, setFollowing] = useState(true);
  const kept = useLog(api, isFollowing);
  const rows = useMemo(
    () => kept.rows.filter((row) => isShown(row, texts.write(row.what), filter)),
    [kept.rows, filter, texts],
  );
  return (
    <>
      <div class="page-head">
        <h1>{texts.say('logs')}</h1>
        <div class="end buttons">
          <button aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            {texts.say(isFollowing ? 'following' : 'follow')}
          </button>
          <button disabled={rows.length === 0} onClick={() => download(rows)}>
            {texts.say('download')}
          </button>
        </div>
      </div>
      <section class="card">
        <Filters filter={filter} onChange={setFilter} />
        <div class="scroll log-lines" tabIndex={0} role="group" aria-label={texts.say('logs')}>
          <LogTable rows={rows} />
        </div>
      </section>
      <p class="quiet small below">
        {texts.say('logShown', { shown: Math.min(rows.length, maxShown), all: kept.rows.length })}.{' '}
        {texts.say('logPrivacy')} {kept.dropped > 0 && texts.say('logDropped', { dropped: kept.dropped })}
      </p>
    </>
  );
}

function LogTable({ rows }: { readonly rows: readonly KeptRow[] }): JSX.Element {
  const now = useNow();
  const texts = useTexts();
  if (rows.length === 0) return <p class="quiet small pad">{texts.say('logEmpty')}</p>;
  return (
    <table class="list log">
      <thead>
        <tr>
          <th>{texts.say('timeZone', { zone: texts.times.zone(now.atMs) })}</th>
          <th>{texts.say('kind')}</th>
          <th>{texts.say('service')}</th>
          <th>{texts.say('client')}</th>
          <th>{texts.say('server')}</th>
          <th>{texts.say('what')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, maxShown).map(({ number, atMs, kind, sign, service, client, server, what }) => (
          <tr key={number}>
            <td>{now.times.second(atMs, now.atMs)}</td>
            <td>{texts.say(kindTexts[kind])}</td>
            <td>{service}</td>
            <td>{client}</td>
            <td>{server}</td>
            <td>
              {sign !== undefined && <Sign name={sign} />} {texts.write(what)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Filters({
  filter,
  onChange,
}: {
  readonly filter: RowFilter;
  readonly onChange: (filter: RowFilter) => void;
}): JSX.Element {
  const { site } = useModel();
  const texts = useTexts();
  return (
    <form class="filters pad" onSubmit={(event) => event.preventDefault()}>
      <label class="field">
        <span>{texts.say('logText')}</span>
        <input
          value={filter.text}
          placeholder="192.168.84.44, INF_PACS2"
          onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>{texts.say('logKind')}</span>
        <select
          value={filter.kind}
          onChange={(event) => onChange({ ...filter, kind: event.currentTarget.value as RowFilter['kind'] })}
        >
          <option value="">{texts.say('allKinds')}</option>
          <option value="changes">{texts.say('eventsAndOrders')}</option>
          <option value="sessions">{texts.say('sessionsKind')}</option>
        </select>
      </label>
      <label class="field">
        <span>{texts.say('logService')}</span>
        <select
          value={filter.service}
          onChange={(event) => onChange({ ...filter, service: event.currentTarget.value })}
        >
          <option value="">{texts.say('allServices')}</option>
          {site?.services.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{texts.say('logServer')}</span>
        <select
          value={filter.server}
          onChange={(event) => onChange({ ...filter, server: event.currentTarget.value })}
        >
          <option value="">{texts.say('allServers')}</option>
          {site?.servers.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button type="button" class="bare" onClick={() => onChange(everyRow)}>
        {texts.say('reset')}
      </button>
    </form>
  );
}

/** Reads what is kept, and follows what comes; a thousand lines a second are drawn a few times. */
function useLog(api: Model['api'], isFollowing: boolean): Kept {
  const [kept, setKept] = useState<Kept>({ rows: [], dropped: 0 });
  useEffect(() => {
    if (!isFollowing) return;
    const call = new AbortController();
    let fresh: KeptRow[] = [];
    let [number, dropped] = [0, 0];
    setKept({ rows: [], dropped: 0 });
    const take = (told: unknown): void => {
      const missed = (told as { readonly dropped?: number }).dropped;
      if (missed !== undefined) {
        dropped += missed;
        return;
      }
      const row = rowOf(told as LogEntry);
      if (row === undefined) return;
      number += 1;
      fresh.push({ ...row, number, entry: told as LogEntry });
      if (fresh.length > maxKept) fresh = fresh.slice(-maxKept);
    };
    const timer = setInterval(() => {
      if (fresh.length === 0) return;
      const come = fresh.reverse();
      fresh = [];
      setKept((last) => ({ rows: [...come, ...last.rows].slice(0, maxKept), dropped }));
    }, drawEveryMs);
    api.follow('GET', '/v1/log', { follow: 'true' }, take, call.signal).catch(() => undefined);
    return () => {
      clearInterval(timer);
      call.abort();
    };
  }, [api, isFollowing]);
  return kept;
}

/** What is shown, as lines of JSON, oldest first. */
function download(rows: readonly KeptRow[]): void {
  const lines = rows.toReversed().map(({ entry }) => `${JSON.stringify(entry)}\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(lines, { type: 'application/x-ndjson' }));
  link.download = 'sluice-log.ndjson';
  link.click();
  URL.revokeObjectURL(link.href);
}
