import type { JSX } from 'preact';
import type { ServiceSession } from '../../src/balancer/service-sessions.ts';
import { addressOf } from '../site/consequences.ts';
import { formatBytes } from '../text/numbers.ts';
import { useNow, useTexts } from './context.ts';
import { linkTo } from './route.ts';

const maxShown = 50;

/** Who is connected, the longest first. */
export function SessionTable({
  sessions,
  problem,
}: {
  readonly sessions: readonly ServiceSession[] | undefined;
  readonly problem: string | undefined;
}): JSX.Element {
  const now = useNow();
  const texts = useTexts();
  const shown = sessions?.slice(0, maxShown) ?? [];
  return (
    <section>
      <div class="line">
        <h3>{texts.say('sessionsNow')}</h3>
        {shown.length > 0 && (
          <span class="small quiet end">
            {texts.say('longestFirst', { shown: shown.length, all: sessions?.length ?? 0 })}
          </span>
        )}
      </div>
      {problem !== undefined && <p class="small problem">{texts.say('failed', { message: problem })}</p>}
      {shown.length === 0 ? (
        <p class="quiet small">{texts.say(sessions === undefined ? 'loading' : 'noSession')}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-label={texts.say('sessionsNow')}>
          <table class="list">
            <thead>
              <tr>
                <th>{texts.say('client')}</th>
                <th>{texts.say('service')}</th>
                <th>{texts.say('since')}</th>
                <th class="number">{texts.say('bytes')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((session) => (
                <tr key={`${session.service} ${session.sessionId}`}>
                  <td>
                    <a
                      class="mono"
                      href={linkTo('service', session.service, { client: addressOf(session.client) })}
                    >
                      {addressOf(session.client)}
                    </a>
                  </td>
                  <td>{session.service}</td>
                  <td class="keep">{now.times.second(now.atMs - session.durationMs, now.atMs)}</td>
                  <td class="number">{formatBytes(session.bytesFromClient + session.bytesFromServer)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
