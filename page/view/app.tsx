import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { clusterState } from '../site/heads.ts';
import { ConfigurationView } from './configuration.tsx';
import { useLiveModel, useModel } from './context.ts';
import { LogIn, PasswordForm } from './log-in.tsx';
import { LogsView } from './logs.tsx';
import { Overview } from './overview.tsx';
import { useRoute, type Route } from './route.ts';
import { ServiceView } from './service-view.tsx';
import { Shell } from './shell.tsx';
import { SignShapes } from './sign.tsx';
import { wordKeys } from './words.ts';

/** The whole page. */
export function App(): JSX.Element {
  const model = useLiveModel();
  const route = useRoute();
  useTitle(route);
  return (
    <>
      <SignShapes />
      {model.phase === 'logged out' && (
        <main>
          <LogIn />
        </main>
      )}
      {model.phase === 'ready' && model.session?.mustChangePassword === true && (
        <main>
          <PasswordForm isForced />
        </main>
      )}
      {model.phase === 'ready' && model.session?.mustChangePassword === false && (
        <Shell route={route}>
          <View route={route} />
        </Shell>
      )}
    </>
  );
}

function View({ route }: { readonly route: Route }): JSX.Element {
  const { view, name } = route;
  if (view === 'service' && name !== undefined) return <ServiceView key={name} name={name} route={route} />;
  if (view === 'configuration') return <ConfigurationView />;
  if (view === 'logs') return <LogsView />;
  if (view === 'password') return <PasswordForm isForced={false} />;
  return <Overview route={route} />;
}

/** The tab of a browser says the state. */
function useTitle({ name, view }: Route): void {
  const { site, isLive, settings } = useModel();
  const state = site === undefined || !isLive ? 'unknown' : clusterState(site);
  const { texts } = settings;
  const about = name ?? (view === 'overview' ? undefined : view);
  const title = texts.say('clusterTitle', { state: texts.say(wordKeys[state]) });
  useEffect(() => {
    document.title = about === undefined ? title : `${title}, ${about}`;
  }, [title, about]);
}
