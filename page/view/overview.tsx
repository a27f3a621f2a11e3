import type { JSX } from 'preact';
import { clusterSince, clusterState } from '../site/heads.ts';
import { factsOf, type Fact } from '../site/facts.ts';
import type { Site } from '../site/site.ts';
import { message } from '../text/message.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { Matrix } from './matrix.tsx';
import { Rail } from './rail.tsx';
import type { Route } from './route.ts';
import { Say } from './say.tsx';
import { ServerPanel } from './server-panel.tsx';
import { Sign } from './sign.tsx';
import { UndoButton } from './undo-button.tsx';
import { wordKeys } from './words.ts';

/** Facts that are shown; of fifty, the worst are enough to begin with. */
const maxFacts = 6;

/** Everything at a glance: the word, what deviates, services by servers, what changed last. */
export function Overview({ route }: { readonly route: Route }): JSX.Element {
  const { site } = useModel();
  const texts = useTexts();
  if (site === undefined) return <p class="quiet">{texts.say('loading')}</p>;
  const server = route.view === 'server' ? route.name : undefined;
  const isWide = site.servers.length > 8;
  const layout = server !== undefined ? 'overview is-open' : isWide ? 'overview is-wide' : 'overview';
  return (
    <>
      <Hero site={site} />
      <div class={layout}>
        <div class="stack">
          <Matrix site={site} selected={server} />
          {(server !== undefined || isWide) && <Rail />}
        </div>
        {server !== undefined ? (
          <ServerPanel key={server} name={server} route={route} />
        ) : (
          !isWide && <Rail />
        )}
      </div>
    </>
  );
}

/** The one word, and a sentence for each deviation. */
function Hero({ site }: { readonly site: Site }): JSX.Element {
  const { memory, isLive } = useModel();
  const now = useNow();
  const texts = useTexts();
  const known = clusterState(site);
  const state = isLive ? known : 'unknown';
  const sinceMs = clusterSince(site, memory);
  // What was well may be so no longer: without a connection only deviations are told.
  const facts = factsOf(site, memory, now).filter(({ sign }) => isLive || sign !== 'up');
  const zone = texts.times.zone(now.atMs);
  return (
    <section class="hero" aria-label={texts.say('overview')}>
      <div class={`word is-${state}`}>
        <h1>
          <Sign name={state} />
          <b>{texts.say(wordKeys[state])}</b>
        </h1>
        <p>
          {!isLive
            ? texts.say('lastKnown', { state: texts.say(known) })
            : sinceMs !== undefined
              ? texts.say('sinceZone', { time: texts.times.minute(sinceMs, now.atMs), zone })
              : known === 'unknown'
                ? texts.say('noProbeYet')
                : zone}
        </p>
      </div>
      <ul class="facts">
        {facts.slice(0, maxFacts).map((fact, index) => (
          <FactLine key={index} fact={fact} />
        ))}
        {facts.length === 0 && <FactLine fact={{ sign: 'unknown', text: message('nothingKnown') }} />}
        {facts.length > maxFacts && (
          <li>
            <Sign name="note" />
            <span class="quiet">{texts.say('factMore', { count: facts.length - maxFacts })}</span>
          </li>
        )}
      </ul>
    </section>
  );
}

function FactLine({ fact: { sign, text, undo } }: { readonly fact: Fact }): JSX.Element {
  return (
    <li>
      <Sign name={sign} />
      <span>
        <Say text={text} />
        {undo !== undefined && <UndoButton subject={undo} />}
      </span>
    </li>
  );
}
