import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PlainConfig } from '../../src/config/plain-config.ts';
import { serviceHead } from '../site/heads.ts';
import type { SiteService } from '../site/site.ts';
import { useAsked } from './asked.ts';
import { ClientExplanation } from './client-explanation.tsx';
import { useModel, useTexts } from './context.ts';
import { Decisions } from './decisions.tsx';
import { DuplicateDialog } from './duplicate.tsx';
import { linkTo, type Route } from './route.ts';
import { State } from './sign.tsx';
import { StickTable } from './stick-table.tsx';

/** One service: where clients go and why, what it remembers, and how it is set. */
export function ServiceView({ name, route }: { readonly name: string; readonly route: Route }): JSX.Element {
  const { site } = useModel();
  const texts = useTexts();
  const service = site?.services.find((each) => each.name === name);
  if (service !== undefined) return <PresentService service={service} route={route} />;
  return (
    <section class="card pad">
      <p>{texts.say(site === undefined ? 'loading' : 'gone', { name })}</p>
      <a class="button" href={linkTo('overview')}>
        {texts.say('toOverview')}
      </a>
    </section>
  );
}

function PresentService({
  service,
  route,
}: {
  readonly service: SiteService;
  readonly route: Route;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [isDuplicating, setDuplicating] = useState(false);
  const isAdmin = model.may('admin');
  const configuration = useAsked(`${isAdmin}`, () =>
    isAdmin ? (model.api.get('/v1/configuration') as Promise<PlainConfig>) : Promise.resolve(undefined),
  );
  const plain = configuration.value?.services.find(({ name }) => name === service.name);
  const { state, up, all } = serviceHead(service);
  return (
    <>
      <p class="crumb">
        <a href={linkTo('overview')}>{texts.say('overview')}</a> / {texts.say('service')}
      </p>
      <div class="page-head">
        <div>
          <h1>
            {service.name}{' '}
            <span class="quiet light">
              {service.host} : {service.port}
            </span>
          </h1>
          <p>
            <State name={state} word={texts.say(state)} />{' '}
            <span class="quiet">
              {texts.say('takesOf', { up, all })} {texts.writeValue(service.sessions)}{' '}
              {texts.say('totalSessions', { sessions: service.sessions })}.
            </span>
          </p>
        </div>
        <div class="end buttons">
          <button
            disabled={!isAdmin || plain === undefined || !model.isLive}
            onClick={() => setDuplicating(true)}
          >
            {texts.say('duplicateEllipsis')}
          </button>
          <a class="button" href={linkTo('configuration')}>
            {texts.say('editInConfiguration')}
          </a>
        </div>
      </div>
      <div class="columns">
        <div class="stack">
          <ClientExplanation
            service={service.name}
            asked={route.query.get('client') ?? ''}
            isAsked={route.query.has('find')}
          />
          <Decisions service={service.name} />
        </div>
        <div class="stack">
          <StickTable service={service} />
          <section class="card">
            <header class="card-head">
              <h2>{texts.say('options')}</h2>
            </header>
            <div class="pad">
              {plain === undefined ? (
                <p class="quiet small">{texts.say(isAdmin ? 'loading' : 'optionsNeedAdmin')}</p>
              ) : (
                <OptionList options={plain} />
              )}
            </div>
          </section>
        </div>
      </div>
      {isDuplicating && plain !== undefined && (
        <DuplicateDialog original={plain} onClose={() => setDuplicating(false)} />
      )}
    </>
  );
}

/** Told elsewhere on this view. */
const leftOut = ['name', 'servers'];

function OptionList({ options }: { readonly options: Readonly<Record<string, unknown>> }): JSX.Element {
  const shown = Object.entries(options).filter(([name]) => !leftOut.includes(name));
  return (
    <dl class="options">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{showValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** `kind: connect, intervalMs: 2000`, as a configuration file would say it. */
function showValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(showValue).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(
      ([name, inner]) =>
        `${name}: ${typeof inner === 'object' && inner !== null ? `{ ${showValue(inner)} }` : String(inner)}`,
    )
    .join(', ');
}
