import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { densityOf, leastWidth, type Density } from '../site/density.ts';
import { serviceHead, serverHead } from '../site/heads.ts';
import { statesByGravity } from '../site/shown-state.ts';
import { shortNames, type ShortName } from '../site/short-names.ts';
import { cellOf, sum, type Site, type SiteServer, type SiteService } from '../site/site.ts';
import { shownState } from '../site/shown-state.ts';
import { formatBytes, formatRate } from '../text/numbers.ts';
import { CellView } from './cell.tsx';
import { useModel, useNow, useTexts } from './context.ts';
import { walk } from './matrix-keys.ts';
import { linkTo } from './route.ts';
import { State } from './sign.tsx';

/** From so many rows on, the order of rows can be changed. */
const manyServices = 9;

/** Services are rows and servers are columns, at every size. */
export function Matrix({
  site,
  selected,
}: {
  readonly site: Site;
  readonly selected: string | undefined;
}): JSX.Element {
  const texts = useTexts();
  const wrap = useRef<HTMLDivElement>(null);
  const width = useWidth(wrap);
  const [isWorstFirst, setWorstFirst] = useState(false);
  const isLarge = matchMedia('(min-width: 1900px)').matches;
  const density = densityOf(width, site.servers.length, isLarge ? 1.5 : 1);
  const names = shortNames(
    site.servers.map(({ name }) => name),
    density === 'tiny',
  );
  const services = isWorstFirst ? site.services.toSorted((a, b) => rank(a) - rank(b)) : site.services;
  useEffect(() => {
    wrap.current?.style.setProperty('--rows', String(site.services.length));
    wrap.current?.style.setProperty('--least', `${leastWidth(density, site.servers.length)}px`);
  }, [density, site.services.length, site.servers.length]);
  return (
    <div>
      {site.services.length >= manyServices && (
        <label class="row-order small">
          <input
            type="checkbox"
            checked={isWorstFirst}
            onChange={(event) => setWorstFirst(event.currentTarget.checked)}
          />
          {texts.say('attentionFirst')}
        </label>
      )}
      <div class={`matrix is-${density}`} ref={wrap} onKeyDown={walk}>
        <table>
          <caption class="unseen">{texts.say('matrixCaption')}</caption>
          <colgroup>
            <col class="row-heads" />
            {site.servers.map(({ name }) => (
              <col key={name} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <Corner site={site} />
              {site.servers.map((server, index) => (
                <ColumnHead
                  key={server.name}
                  server={server}
                  name={density === 'roomy' ? { prefix: '', rest: server.name } : names[index]}
                  isSelected={server.name === selected}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {services.map((service, row) => (
              <Row key={service.name} service={service} site={site} density={density} isFirst={row === 0} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The worst row first; rows of one state keep their order. */
function rank({ cells }: SiteService): number {
  return Math.min(...cells.map((cell) => statesByGravity.indexOf(shownState(cell))));
}

/** Totals over everything. */
function Corner({ site }: { readonly site: Site }): JSX.Element {
  const { history } = useModel();
  const texts = useTexts();
  const sessions = sum(site.services, (service) => service.sessions);
  const toClients = texts.say('perSecond', { amount: formatBytes(history.byteRate) });
  return (
    <th scope="col" class="corner">
      <b class="total">{texts.writeValue(sessions)}</b>
      <div>
        {texts.say('totalSessions', { sessions })}
        <span class="long">
          {history.minutes > 0 && texts.say('linesShow', { minutes: history.minutes })}
        </span>
      </div>
      <div class="long rates">
        <b>{formatRate(history.rate)}</b> {texts.say('newPerSecond')}
        <br />
        {texts.say('toClients', { rate: toClients })}
      </div>
    </th>
  );
}

function ColumnHead({
  server,
  name = { prefix: '', rest: server.name },
  isSelected,
}: {
  readonly server: SiteServer;
  readonly name: ShortName | undefined;
  readonly isSelected: boolean;
}): JSX.Element {
  const { memory } = useModel();
  const now = useNow();
  const texts = useTexts();
  const { state, why } = serverHead(server, memory, now);
  return (
    <th scope="col" class={isSelected ? 'column is-selected' : 'column'}>
      <a class="in" href={linkTo('server', server.name)} data-place={`server ${server.name}`}>
        <div class="server-name">
          <span>
            {name.prefix !== '' && <span class="unseen">{name.prefix}</span>}
            {name.rest}
          </span>
          <span class="orders long">{texts.say('orders')}</span>
        </div>
        <div class="address long">{server.host}</div>
        <div class="server-state">
          <State name={state} word={texts.say(state)} />
        </div>
        <div class="why long">{texts.write(why)}</div>
      </a>
    </th>
  );
}

function Row({
  service,
  site,
  density,
  isFirst,
}: {
  readonly service: SiteService;
  readonly site: Site;
  readonly density: Density;
  readonly isFirst: boolean;
}): JSX.Element {
  const { history } = useModel();
  const isRoomy = density === 'roomy';
  const points = isRoomy ? site.servers.map(({ name }) => history.pointsOf(service.name, name)) : [];
  // One scale for a row, or servers could not be compared.
  const top = Math.max(0.1, ...points.flat());
  return (
    <tr>
      <RowHead service={service} />
      {site.servers.map((server, column) => (
        <CellView
          key={server.name}
          cell={cellOf(service, server.name)}
          service={service.name}
          server={server}
          isRoomy={isRoomy}
          points={points[column] ?? []}
          top={top}
          isFirst={isFirst && column === 0}
        />
      ))}
    </tr>
  );
}

function RowHead({ service }: { readonly service: SiteService }): JSX.Element {
  const texts = useTexts();
  const { state, up, all } = serviceHead(service);
  const parts = service.name.split('_');
  return (
    <th scope="row">
      <a class="in" href={linkTo('service', service.name)} data-place={`service ${service.name}`}>
        <b class="service-name">
          {parts.map((part, index) => [
            index > 0 && <wbr key={part} />,
            index < parts.length - 1 ? `${part}_` : part,
          ])}
        </b>{' '}
        <span class="port">{service.port}</span>
        <div class="mode long">{service.mode.toUpperCase().replace('+', ' + ')}</div>
        <div class="of">
          <State name={state} word="" />
          <span class={`long state-word ${state}`}>{texts.say(state)},</span>
          <span>
            <span class="long">{texts.say('ofServers', { up, all })}</span>
            <span class="short">{texts.say('ofAll', { up, all })}</span>
            <span class="unseen"> {texts.say('takeNewClients')}</span>
          </span>
        </div>
      </a>
    </th>
  );
}

/** The width of an element, as it changes. */
function useWidth(element: RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(innerWidth);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
