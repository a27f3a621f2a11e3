import type { ComponentChildren, JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { HelpDialog } from './help.tsx';
import { undoNote, useKeys } from './keys.ts';
import { linkTo, type Route } from './route.ts';
import { Sign } from './sign.tsx';

/** What is on the page whatever is looked at: where one is, whether it is live, and the last message. */
export function Shell({
  route,
  children,
}: {
  readonly route: Route;
  readonly children: ComponentChildren;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useKeys(
    model,
    useCallback(() => setHelpOpen(true), []),
  );
  const { announced } = model;
  return (
    <div class={model.link.state === 'lost' ? 'shell is-lost' : 'shell'}>
      <TopBar route={route} />
      <LostBand />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <NoteBar />
      <div class="unseen" role="status">
        {announced === undefined ? '' : texts.write(announced)}
      </div>
      {isHelpOpen && <HelpDialog onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

function TopBar({ route }: { readonly route: Route }): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const { link, site, session, settings } = model;
  const liveKey = link.state === 'live' ? 'live' : link.state === 'lost' ? 'lost' : 'connecting';
  const themeKey = ({ system: 'themeSystem', light: 'themeLight', dark: 'themeDark' } as const)[
    settings.theme
  ];
  return (
    <header class="top">
      <button class="skip" onClick={() => document.querySelector<HTMLElement>('#main')?.focus()}>
        {texts.say('skip')}
      </button>
      <a class="brand" href={linkTo('overview')}>
        <Brand />
        Sluice
      </a>
      <nav class="views" aria-label={texts.say('mainNavigation')}>
        {(['overview', 'configuration', 'logs'] as const).map((view) => (
          <a key={view} href={linkTo(view)} aria-current={isAt(route, view) ? 'page' : undefined}>
            {texts.say(view)}
          </a>
        ))}
      </nav>
      <div class="top-end">
        <span class={`live is-${link.state}`}>
          <i />
          {texts.say(liveKey)}
        </span>
        {site !== undefined && (
          <span class="clock">
            {texts.times.second(site.atMs, site.atMs)} {texts.times.zone(site.atMs)}
          </span>
        )}
        <button class="bare small" onClick={() => settings.nextTheme()}>
          {texts.say(themeKey)}
        </button>
        <button class="bare small language" onClick={() => settings.nextLanguage()}>
          {texts.say('languageSwitch')}
        </button>
        {session !== undefined && (
          <a class="account" href={linkTo('password')} title={texts.say('changePassword')}>
            {texts.say('account', { user: session.user, role: session.role })}
          </a>
        )}
        <button class="bare small" onClick={() => void model.leave()}>
          {texts.say('logOut')}
        </button>
      </div>
    </header>
  );
}

function isAt({ view }: Route, tab: string): boolean {
  return view === tab || (tab === 'overview' && ['server', 'service'].includes(view));
}

/** A gate, and water behind it. */
export function Brand(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M3 2v20M21 2v20" stroke="currentColor" stroke-width="3" fill="none" />
      <path d="M6 4h12v8H6z" fill="currentColor" />
      <path
        d="M5 16.5q2.3-2 4.7 0t4.7 0 4.7 0M5 20.5q2.3-2 4.7 0t4.7 0 4.7 0"
        stroke="currentColor"
        stroke-width="1.8"
        fill="none"
      />
    </svg>
  );
}

/** Without a connection nothing claims to be up. */
function LostBand(): JSX.Element | null {
  const model = useModel();
  const texts = useTexts();
  const [nowMs, setNowMs] = useState(Date.now());
  const isLost = model.link.state === 'lost';
  useEffect(() => {
    if (!isLost) return;
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isLost]);
  if (model.link.state !== 'lost') return null;
  const { atMs, seenAtMs, retryAtMs } = model.link;
  const seconds = Math.ceil((retryAtMs - nowMs) / 1000);
  const retry = seconds > 0 ? message('retryIn', { seconds }) : message('retryNow');
  const values = { time: texts.times.second(atMs, atMs), seen: texts.times.second(seenAtMs, atMs), retry };
  return (
    <div class="band" role="alert">
      <Sign name="unknown" colour={false} />
      <span>{texts.say('lostBand', values)}</span>
      <button class="small" onClick={() => model.tryNow()}>
        {texts.say('tryNow')}
      </button>
    </div>
  );
}

/** Stays until somebody closes it: it may hold the only undo. */
function NoteBar(): JSX.Element | null {
  const model = useModel();
  const texts = useTexts();
  const { note } = model;
  if (note === undefined) return null;
  return (
    <div class="note" role="region" aria-label={texts.say('message')}>
      <span>{texts.write(note.text)}</span>
      {note.undo !== undefined && (
        <button class="small" onClick={() => void undoNote(model)} disabled={!model.isLive}>
          {texts.say('undo')} <kbd>z</kbd>
        </button>
      )}
      <button class="small" aria-label={texts.say('hide')} onClick={() => model.tell(undefined)}>
        {texts.say('close')}
      </button>
    </div>
  );
}
