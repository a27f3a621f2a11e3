import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TableEntry } from '../../src/service/service-table.ts';
import { isNotFound, wordsOf, type Api } from '../live/api.ts';
import type { SiteService } from '../site/site.ts';
import { message, type Message } from '../text/message.ts';
import { useAsked } from './asked.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { linkTo } from './route.ts';
import { ClearDialog, SetDialog } from './table-dialogs.tsx';

const maxShown = 200;

interface TablePart {
  readonly entries: readonly TableEntry[];
  /** Undefined where the rest was not asked for. */
  readonly size: number | undefined;
  readonly capacity: number | undefined;
}

/** What a service remembers of its clients: find, set and clear. */
export function StickTable({ service }: { readonly service: SiteService }): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [client, setClient] = useState('');
  const [dialog, setDialog] = useState<'set' | 'clear'>();
  const table = useAsked(`${service.name} ${client}`, (signal) =>
    readTable(model.api, service.name, client, signal),
  );
  const { value } = table;
  const finish = (text: Message): void => {
    setDialog(undefined);
    model.tell({ text });
    table.again();
  };
  return (
    <section class="card">
      <header class="card-head">
        <h2>{texts.say('stickTable')}</h2>
        {value?.size !== undefined && (
          <span class="quiet small">
            {texts.say('tableCount', { size: value.size, capacity: value.capacity ?? 0 })}
          </span>
        )}
      </header>
      {value === undefined || table.problem !== undefined ? (
        <p class="pad quiet small">{table.problem ?? texts.say('loading')}</p>
      ) : value.capacity === undefined && value.entries.length === 0 ? (
        <p class="pad quiet small">{texts.say('tableNone')}</p>
      ) : (
        <div class="pad">
          <TableActions
            canChange={model.may('operator') && model.isLive}
            isEmpty={value.entries.length === 0}
            onFind={(found) => {
              setClient(found);
              if (found === client) table.again();
            }}
            onOpen={setDialog}
          />
          <Entries service={service} part={value} onDone={finish} />
        </div>
      )}
      {dialog === 'set' && (
        <SetDialog service={service} onDone={finish} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'clear' && value !== undefined && (
        <ClearDialog
          service={service.name}
          client={client}
          entries={client === '' ? service.entries : value.entries.length}
          onDone={finish}
          onClose={() => setDialog(undefined)}
        />
      )}
    </section>
  );
}

function TableActions({
  canChange,
  isEmpty,
  onFind,
  onOpen,
}: {
  readonly canChange: boolean;
  readonly isEmpty: boolean;
  readonly onFind: (client: string) => void;
  readonly onOpen: (dialog: 'set' | 'clear') => void;
}): JSX.Element {
  const texts = useTexts();
  const [typed, setTyped] = useState('');
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        onFind(typed.trim());
      }}
    >
      <input
        class="grows"
        aria-label={texts.say('tableFind')}
        placeholder={texts.say('tableFind')}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button>{texts.say('find')}</button>
      <button type="button" disabled={!canChange} onClick={() => onOpen('set')}>
        {texts.say('set')}
      </button>
      <button type="button" disabled={!canChange || isEmpty} onClick={() => onOpen('clear')}>
        {texts.say('clear')}
      </button>
    </form>
  );
}

async function readTable(api: Api, service: string, client: string, signal: AbortSignal): Promise<TablePart> {
  const entries: TableEntry[] = [];
  const enough = new AbortController();
  const take = (entry: unknown): void => {
    entries.push(entry as TableEntry);
    if (entries.length >= maxShown) enough.abort();
  };
  const query = client === '' ? { service } : { service, client };
  try {
    const end = await api.follow('GET', '/v1/table', query, take, AbortSignal.any([signal, enough.signal]));
    const { size, capacity } = Object(end) as { readonly size?: number; readonly capacity?: number };
    return { entries, size, capacity };
  } catch (error) {
    if (enough.signal.aborted) return { entries, size: undefined, capacity: undefined };
    if (isNotFound(error)) return { entries: [], size: undefined, capacity: undefined };
    throw error;
  }
}

function Entries({
  service,
  part,
  onDone,
}: {
  readonly service: SiteService;
  readonly part: TablePart;
  readonly onDone: (text: Message) => void;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const now = useNow();
  const may = model.may('operator') && model.isLive;
  const forget = async (client: string): Promise<void> => {
    try {
      const input = { service: service.name, client };
      const { cleared } = (await model.api.post('/v1/table/clear', input)) as { readonly cleared: number };
      onDone(message('cleared', { cleared }));
    } catch (error) {
      onDone(message('orderFailed', { message: wordsOf(error) }));
    }
  };
  if (part.entries.length === 0) return <p class="quiet small">{texts.say('noEntries')}</p>;
  return (
    <div class="scroll entries" tabIndex={0} role="group" aria-label={texts.say('stickTable')}>
      <table class="list">
        <thead>
          <tr>
            <th>{texts.say('client')}</th>
            <th>{texts.say('server')}</th>
            <th>{texts.say('until', { time: '' })}</th>
            <th>
              <span class="unseen">{texts.say('order')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {part.entries.map(({ client, server, sessions, expiresInMs }) => (
            <tr key={client}>
              <td class="mono">{client}</td>
              <td>
                <a href={linkTo('server', server)}>{server}</a>
              </td>
              <td class="keep">
                {sessions > 0
                  ? texts.say('inSession')
                  : Number.isFinite(expiresInMs)
                    ? now.times.minute(now.atMs + expiresInMs, now.atMs)
                    : texts.say('forEver')}
              </td>
              <td class="number">
                <button
                  class="small bare"
                  disabled={!may}
                  aria-label={texts.say('forgetOne', { client })}
                  onClick={() => void forget(client)}
                >
                  {texts.say('forget')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {part.entries.length >= maxShown && (
        <p class="quiet small">{texts.say('moreEntries', { shown: maxShown })}</p>
      )}
    </div>
  );
}
