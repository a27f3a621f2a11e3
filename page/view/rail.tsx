import type { JSX } from 'preact';
import { changesOf, type Change } from '../site/changes.ts';
import type { Site } from '../site/site.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { linkTo } from './route.ts';
import { Say } from './say.tsx';
import { Sign } from './sign.tsx';

const maxChanges = 6;
const maxDifferences = 3;

/** What changed last, and what runs otherwise than the file says. */
export function Rail(): JSX.Element {
  const { entries, site } = useModel();
  const texts = useTexts();
  const changes = changesOf(entries, maxChanges);
  return (
    <aside class="rail" aria-label={texts.say('latestChanges')}>
      <section class="card changes">
        <header class="card-head">
          <h2>{texts.say('latestChanges')}</h2>
          <a class="end small" href={linkTo('logs')}>
            {texts.say('all')}
          </a>
        </header>
        {changes.length === 0 ? (
          <p class="pad quiet small">{texts.say('noChanges')}</p>
        ) : (
          <ol>
            {changes.map((change) => (
              <ChangeLine key={`${change.atMs} ${texts.write(change.text)}`} change={change} />
            ))}
          </ol>
        )}
      </section>
      {site?.file !== undefined && <FileCard file={site.file} />}
    </aside>
  );
}

function ChangeLine({ change: { atMs, by, sign, text } }: { readonly change: Change }): JSX.Element {
  const now = useNow();
  const texts = useTexts();
  return (
    <li>
      <Sign name={sign} />
      <div>
        <time>{now.times.second(atMs, now.atMs)}</time>{' '}
        <span class="quiet">{typeof by === 'string' ? by : texts.write(by)}</span>
        <br />
        <Say text={text} />
      </div>
    </li>
  );
}

function FileCard({ file }: { readonly file: NonNullable<Site['file']> }): JSX.Element {
  const texts = useTexts();
  const { path, differences, problem } = file;
  const name = path.split('/').at(-1) ?? path;
  const more = differences.length - maxDifferences;
  return (
    <section class="card pad file">
      <h2>
        {differences.length > 0 ? texts.say('fileDiffers', { file: name }) : texts.say('configuration')}
      </h2>
      {problem !== undefined ? (
        <p class="small">{texts.say('fileWrong', { file: name, problem })}</p>
      ) : differences.length === 0 ? (
        <p class="quiet small">{texts.say('fileSame', { file: name })}</p>
      ) : (
        <ul class="small">
          {differences.slice(0, maxDifferences).map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
          {more > 0 && <li class="quiet">{texts.say('factMore', { count: more })}</li>}
        </ul>
      )}
    </section>
  );
}
