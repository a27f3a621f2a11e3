import { Component, createRef, type JSX } from 'preact';
import { secondLine, shownState, type ShownState } from '../site/shown-state.ts';
import type { Cell, SiteServer } from '../site/site.ts';
import { formatRate } from '../text/numbers.ts';
import type { Texts } from '../text/texts.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { linkTo } from './route.ts';
import { Sign } from './sign.tsx';
import { Spark, sparkPath } from './spark.tsx';

interface CellProps {
  readonly cell: Cell | undefined;
  readonly service: string;
  readonly server: SiteServer;
  /** Is there room for a rate, and for its line? */
  readonly isRoomy: boolean;
  /** Rates of the last minutes. */
  readonly points: readonly number[];
  readonly top: number;
  readonly isFirst: boolean;
}

/** One server in one service. */
export function CellView({ cell, service, server, isRoomy, points, top, isFirst }: CellProps): JSX.Element {
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
  const hasSpark = state === 'up' || state === 'drain';
  // Where there is no room for a rate, a cell is drawn anew only where its count changes.
  const rate = isRoomy
    ? texts.say('ratePerSecond', { rate: formatRate(history.rateOf(service, server.name)) })
    : '';
  return (
    <DrawnCell
      service={service}
      server={server.name}
      state={state}
      sessions={cell.sessions}
      line={line === undefined ? rate : texts.write(line)}
      isLineShown={!isDownWhole}
      path={isRoomy && hasSpark ? sparkPath(points, top) : undefined}
      texts={texts}
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
  readonly sessions: number;
  readonly line: string;
  /** Where it is not, it is told to screen readers all the same. */
  readonly isLineShown: boolean;
  readonly path: string | undefined;
  readonly texts: Texts;
  readonly isFirst: boolean;
}

/** Drawn anew only where something of it changed: there may be a thousand. */
class DrawnCell extends Component<DrawnProps> {
  readonly #ring = createRef<HTMLSpanElement>();

  override shouldComponentUpdate(next: DrawnProps): boolean {
    return (Object.keys(next) as (keyof DrawnProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override componentDidUpdate(last: DrawnProps): void {
    if (last.state !== this.props.state) showRing(this.#ring.current);
  }

  override render(): JSX.Element {
    const { service, server, state, sessions, line, isLineShown, path, texts, isFirst } = this.props;
    return (
      <td class={`cell is-${state}`}>
        <a
          class="in"
          href={linkTo('server', server, { service })}
          data-place={`cell ${service} ${server}`}
          tabIndex={isFirst ? 0 : -1}
        >
          <span class="ring" ref={this.#ring} />
          <span class="unseen">{texts.say('cellAbout', { service, server })}</span>{' '}
          <span class="first">
            <Sign name={state} />
            <span class="state-word">{texts.say(state)}</span>{' '}
            <span class="count">{texts.writeValue(sessions)}</span>{' '}
            <span class="unseen">{texts.say('totalSessions', { sessions })}</span>
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
function showRing(ring: HTMLElement | null): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  ring?.animate([{ opacity: 1 }, { opacity: 0 }], { duration: ringMs, easing: 'ease-out' });
}
