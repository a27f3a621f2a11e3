import type { ComponentChildren, JSX } from 'preact';
import type { Finding } from '../../src/base/finding.ts';
import type { PlainServiceConfig } from '../../src/config/plain-config.ts';
import {
  copyModes,
  kindOfPersistence,
  kindOfProbe,
  persistenceKinds,
  probeKinds,
  withChoice,
  type CopyDraft,
} from '../site/copy-draft.ts';
import type { TextKey } from '../text/english.ts';
import type { Message } from '../text/message.ts';
import { useTexts } from './context.ts';

const persistenceTexts = {
  none: 'persistenceNone',
  sourceIp: 'persistenceSourceIp',
  httpCookie: 'persistenceCookie',
} as const satisfies Readonly<Record<(typeof persistenceKinds)[number], TextKey>>;

const probeTexts = {
  connect: 'probeConnect',
  http: 'probeHttp',
  nodeStatus: 'probeNodeStatus',
} as const satisfies Readonly<Record<(typeof probeKinds)[number], TextKey>>;

/** What differs in a copy: each field says whether it does, and whether it should. */
export function CopyForm({
  original,
  draft,
  findings,
  onChange,
}: {
  readonly original: PlainServiceConfig;
  readonly draft: CopyDraft;
  readonly findings: readonly Finding[];
  readonly onChange: (draft: CopyDraft) => void;
}): JSX.Element {
  const texts = useTexts();
  const isOdd = (option: string): boolean => findings.some(({ path }) => path.includes(`.${option}`));
  const [ownPersistence, ownProbe] = [kindOfPersistence(original), kindOfProbe(original)];
  const persistenceWord = (kind: string): string => wordOf(texts.say.bind(texts), persistenceTexts, kind);
  const probeWord = (kind: string): string => wordOf(texts.say.bind(texts), probeTexts, kind);
  return (
    <form class="copy" onSubmit={(event) => event.preventDefault()}>
      <CopyField label={texts.say('dupName')} was={draft.name === original.name ? undefined : original.name}>
        <input
          value={draft.name}
          spellcheck={false}
          onInput={(event) => onChange({ ...draft, name: event.currentTarget.value.trim() })}
        />
      </CopyField>
      <CopyField label={texts.say('dupAddress')} was={undefined}>
        <input value={String(original['host'])} readOnly />
      </CopyField>
      <CopyField
        label={texts.say('dupPort')}
        was={draft.port === String(original['port']) ? undefined : String(original['port'])}
        isOdd={isOdd('port') || draft.port === String(original['port'])}
      >
        <input
          value={draft.port}
          inputMode="numeric"
          onInput={(event) => onChange({ ...draft, port: event.currentTarget.value.trim() })}
        />
      </CopyField>
      <CopyField
        label={texts.say('dupMode')}
        was={draft.mode === undefined ? undefined : original.mode.toUpperCase()}
      >
        <Options
          value={draft.mode ?? original.mode}
          options={copyModes.map((mode) => [mode, mode.toUpperCase()])}
          onChange={(mode) => onChange(withChoice(draft, 'mode', mode === original.mode ? undefined : mode))}
        />
      </CopyField>
      <CopyField
        label={texts.say('dupPersistence')}
        was={draft.persistence === undefined ? undefined : persistenceWord(ownPersistence)}
        isOdd={isOdd('persistence')}
      >
        <Options
          value={draft.persistence ?? ownPersistence}
          options={withOwn(ownPersistence, persistenceKinds).map((kind) => [kind, persistenceWord(kind)])}
          onChange={(kind) =>
            onChange(withChoice(draft, 'persistence', kind === ownPersistence ? undefined : kind))
          }
        />
      </CopyField>
      <CopyField
        label={texts.say('dupProbe')}
        was={draft.probe === undefined ? undefined : probeWord(ownProbe)}
        isOdd={isOdd('healthCheck')}
      >
        <Options
          value={draft.probe ?? ownProbe}
          options={withOwn(ownProbe, probeKinds).map((kind) => [kind, probeWord(kind)])}
          onChange={(kind) => onChange(withChoice(draft, 'probe', kind === ownProbe ? undefined : kind))}
        />
      </CopyField>
      <CopyField label={texts.say('dupServers')} was={undefined}>
        <input value={original.servers.map(({ name }) => name).join(', ')} readOnly />
      </CopyField>
    </form>
  );
}

function withOwn(own: string, kinds: readonly string[]): readonly string[] {
  return kinds.includes(own) ? kinds : [own, ...kinds];
}

/** `httpCookie+sourceIp` is a chain; a kind that the page does not know is told as it is. */
function wordOf(
  say: (key: TextKey, values?: Message['values']) => string,
  words: Readonly<Record<string, TextKey>>,
  kind: string,
): string {
  const [first = '', second] = kind.split('+').map((each) => {
    const key = Object.hasOwn(words, each) ? words[each] : undefined;
    return key === undefined ? each : say(key);
  });
  return second === undefined ? first : say('persistenceChain', { first, second });
}

function CopyField({
  label,
  was,
  isOdd = false,
  children,
}: {
  readonly label: string;
  readonly was: string | undefined;
  readonly isOdd?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const texts = useTexts();
  return (
    <label class={isOdd ? 'field copied is-odd' : 'field copied'}>
      <span>{label}</span>
      {children}
      <em class={was === undefined ? '' : 'is-changed'}>
        {was !== undefined ? texts.say('was', { value: was }) : texts.say(isOdd ? 'sameCheck' : 'same')}
      </em>
    </label>
  );
}

function Options({
  value,
  options,
  onChange,
}: {
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}): JSX.Element {
  return (
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
