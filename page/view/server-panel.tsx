import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ServiceSession } from '../../src/balancer/service-sessions.ts';
import type { TextKey } from '../text/english.ts';
import { serverHead } from '../site/heads.ts';
import { secondLine, shownState } from '../site/shown-state.ts';
import type { SiteServer } from '../site/site.ts';
import { formatDuration, formatRate } from '../text/numbers.ts';
import { useAsked } from './asked.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { DrainProgress } from './drain-progress.tsx';
import { OrderForm } from './order-form.tsx';
import { linkTo, type Route } from './route.ts';
import { SessionTable } from './session-table.tsx';
import { State } from './sign.tsx';

/** Sessions may be thousands: they are asked for less often than the overview comes. */
const sessionsEveryMs = 3_000;

/** One server beside the matrix: what it does, what it may be ordered, and who is on it. */
export function ServerPanel({ name, route }: { readonly name: string; readonly route: Route }): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const panel = useRef<HTMLElement>(null);
  const server = model.site?.servers.find((each) => each.name === name);
  const sessions = useAsked(
    name,
    () => model.api.get('/v1/sessions', { server: name }) as Promise<readonly ServiceSession[]>,
    sessionsEveryMs,
  );
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  return (
    <aside class="panel card" aria-label={`${texts.say('server')} ${name}`} tabIndex={-1} ref={panel}>
      {server === undefined ? (
        <section>
          <p>{texts.say('gone', { name })}</p>
          <a class="button" href={linkTo('overview')}>
            {texts.say('toOverview')}
          </a>
        </section>
      ) : (
        <>
          <PanelHead server={server} />
          <DrainProgress server={server} />
          <OrderForm server={server} sessions={sessions.value} asked={route.query.get('order')} />
          <ServiceTable server={server} />
          <SessionTable sessions={sessions.value} problem={sessions.problem} />
        </>
      )}
    </aside>
  );
}

function PanelHead({ server }: { readonly server: SiteServer }): JSX.Element {
  const { memory } = useModel();
  const now = useNow();
  const texts = useTexts();
  const { state, why } = serverHead(server, memory, now);
  const same = (facts: readonly TextKey[]): string =>
    new Set(facts).size === 1 ? texts.say(facts[0] ?? 'unknown') : texts.say('differsByService');
  const admin = same(server.cells.map(({ adminState }) => adminState));
  const health = same(server.cells.map((cell) => cell.health));
  return (
    <header>
      <div class="line">
        <div>
          <h2>{server.name}</h2>
          <span class="address">{server.host}</span>
        </div>
        <span class="large">
          <State name={state} word={texts.say(state)} />
        </span>
        <a class="button bare small end" href={linkTo('overview')}>
          {texts.say('close')} <kbd>Esc</kbd>
        </a>
      </div>
      <p class="small panel-why">
        <span class="sentence">{texts.write(why)}</span>.{' '}
        <span class="quiet">{texts.say('adminAndHealth', { admin, health })}</span>
      </p>
    </header>
  );
}

function ServiceTable({ server }: { readonly server: SiteServer }): JSX.Element {
  const { memory, history } = useModel();
  const now = useNow();
  const texts = useTexts();
  return (
    <section>
      <h3>{texts.say('services')}</h3>
      <div class="scroll" tabIndex={0} role="group" aria-label={texts.say('services')}>
        <table class="list">
          <thead>
            <tr>
              <th>{texts.say('service')}</th>
              <th>{texts.say('state')}</th>
              <th class="number">{texts.say('sessions')}</th>
              <th class="number">{texts.say('perS')}</th>
              <th class="number">{texts.say('lastProbe')}</th>
            </tr>
          </thead>
          <tbody>
            {server.cells.map((cell) => {
              const state = shownState(cell);
              const line = secondLine(cell, memory.of(cell.service, server.name), now);
              const isOdd = state !== 'up' && state !== 'drain' && line !== undefined;
              return (
                <tr key={cell.service}>
                  <td>
                    <a href={linkTo('service', cell.service)}>{cell.service}</a>{' '}
                    <span class="quiet">{cell.port}</span>
                  </td>
                  <td>
                    <State name={state} word={texts.say(state)} />
                    {isOdd && <span class="quiet"> {texts.write(line)}</span>}
                  </td>
                  <td class="number">{texts.writeValue(cell.sessions)}</td>
                  <td class="number">{formatRate(history.rateOf(cell.service, server.name))}</td>
                  <td class="number">{probeOf(cell.probe, texts.say('noProbe'))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function probeOf(probe: SiteServer['cells'][number]['probe'], none: string): string {
  if (probe === undefined) return none;
  return probe.ok ? formatDuration(Math.max(1, probe.tookMs)) : probe.code;
}
