import { Component, type JSX } from 'preact';
import { useRef, useEffect } from 'preact/hooks';
import { secondLine, shownState, type ShownState } from '../site/shown-state.ts';
import type { Cell, SiteServer } from '../site/site.ts';
import { formatRate } from '../text/numbers.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { linkTo } from './route.ts';
import { Sign } from './sign.tsx';
import { Spark, sparkPath } from './spark.tsx';

interface CellProps {
  readonly cell: Cell | undefined;
  readonly service: string;
  readonly server: SiteServer;
  /** Rates of the last minutes, for a line; none where there is no room. */
  readonly points: readonly number[];
  readonly top: number;
  readonly isFirst: boolean;
}

/** One server in one service. */
export function CellView({ cell, service, server, points, top, isFirst }: CellProps): JSX.Element {
  const { memory, history } = useModel();
  const now = useNow();
  const texts = useTexts();
  if (cell === undefined)
    return (
      <td class="cell is-none">
        <span class="unseen">{texts.say('noCell', { server: server.name, service })}</span>
      </td>
    );
  const state = shownState(cell);
  const line = secondLine(cell, memory.of(service, server.name), now);
  const isDownWhole = state === 'down' && cell.adminState === 'online' && isDownEverywhere(server);
  const why = line === undefined ? '' : texts.write(line);
  const hasSpark = state === 'up' || state === 'drain';
  const rate = formatRate(history.rateOf(service, server.name));
  return (
    <DrawnCell
      service={service}
      server={server.name}
      state={state}
      word={texts.say(state)}
      sessions={texts.writeValue(cell.sessions)}
      line={state === 'up' ? texts.say('ratePerSecond', { rate }) : why}
      isLineShown={!isDownWhole}
      path={hasSpark ? sparkPath(points, top) : undefined}
      about={texts.say('cellAbout', { service, server: server.name })}
      unit={texts.say('totalSessions', { sessions: cell.sessions })}
      isFirst={isFirst}
    />
  );
}

/** Its column head tells why, once. */
function isDownEverywhere({ cells }: SiteServer): boolean {
  return cells.every((cell) => shownState(cell) === 'down');
}

interface DrawnProps {
  readonly service: string;
  readonly server: string;
  readonly state: ShownState;
  readonly word: string;
  readonly sessions: string;
  readonly line: string;
  /** Where it is not, it is told to screen readers all the same. */
  readonly isLineShown: boolean;
  readonly path: string | undefined;
  /** Which cell it is: its place says it to those who see it. */
  readonly about: string;
  readonly unit: string;
  readonly isFirst: boolean;
}

/** Drawn anew only where something of it changed: there may be a thousand. */
class DrawnCell extends Component<DrawnProps> {
  override shouldComponentUpdate(next: DrawnProps): boolean {
    return (Object.keys(next) as (keyof DrawnProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override render(): JSX.Element {
    const { service, server, state, word, sessions, line, path, about, unit, isFirst } = this.props;
    const { isLineShown } = this.props;
    return (
      <td class={`cell is-${state}`}>
        <a
          class="in"
          href={linkTo('server', server, { service })}
          data-place={`cell ${service} ${server}`}
          tabIndex={isFirst ? 0 : -1}
        >
          <Ring state={state} />
          <span class="unseen">{about}</span>{' '}
          <span class="first">
            <Sign name={state} />
            <span class="state-word">{word}</span> <span class="count">{sessions}</span>{' '}
            <span class="unseen">{unit}</span>
          </span>{' '}
          {line !== '' && (
            <span class={isLineShown ? 'second' : 'unseen'}>
              <span class={path === undefined ? '' : 'keep'}>{line}</span>
              {path !== undefined && <Spark path={path} />}
            </span>
          )}
        </a>
      </td>
    );
  }
}

const ringMs = 1_600;

/** One ring where a state changed, and none where motion is unwelcome. */
function Ring({ state }: { readonly state: ShownState }): JSX.Element {
  const ring = useRef<HTMLSpanElement>(null);
  const last = useRef(state);
  useEffect(() => {
    if (last.current === state) return;
    last.current = state;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    ring.current?.animate([{ opacity: 1 }, { opacity: 0 }], { duration: ringMs, easing: 'ease-out' });
  }, [state]);
  return <span class="ring" ref={ring} />;
}
