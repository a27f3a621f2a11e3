import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Finding } from '../../src/base/finding.ts';
import type { CopyCheck } from '../../src/control/routes/checks.ts';
import type { PlainServiceConfig } from '../../src/config/plain-config.ts';
import { wordsOf } from '../live/api.ts';
import {
  changesOfCopy,
  copyModes,
  kindOfPersistence,
  kindOfProbe,
  mended,
  persistenceKinds,
  probeKinds,
  withChoice,
  type CopyDraft,
} from '../site/copy-draft.ts';
import type { TextKey } from '../text/english.ts';
import { message, type Message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';
import { linkTo } from './route.ts';
import { Sign } from './sign.tsx';

/** While somebody types, nobody is asked. */
const typingMs = 250;

/** A copy of a service, and what is wrong or odd in it before it exists. */
export function DuplicateDialog({
  original,
  onClose,
}: {
  readonly original: PlainServiceConfig;
  readonly onClose: () => void;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [draft, setDraft] = useState<CopyDraft>({ name: `${original.name}_2`, port: String(original['port']) });
  const [problem, setProblem] = useState<Message>();
  const check = useCheck(original, draft);
  const findings = check?.findings ?? [];
  const problems = check?.problems ?? [];
  const isWrong = problems.length > 0 || findings.some(({ severity }) => severity === 'error');
  const count = countOf(check);
  const duplicate = async (): Promise<void> => {
    const changes = changesOfCopy(original, draft);
    try {
      await model.api.post('/v1/duplicate', { service: original.name, changes });
      model.tell({ text: message('dupDone', { name: draft.name, port: draft.port }) });
      onClose();
      location.hash = linkTo('service', draft.name);
    } catch (error) {
      setProblem(message('orderFailed', { message: wordsOf(error) }));
    }
  };
  const mendable = findings.filter((finding) => check !== undefined && mended(draft, check, finding) !== undefined);
  const mend = (which: readonly Finding[]): void => {
    if (check === undefined) return;
    setDraft(which.reduce((last, finding) => mended(last, check, finding) ?? last, draft));
  };
  return (
    <Dialog
      title={texts.say('dupTitle', { service: original.name })}
      lead={texts.say('dupLead', { servers: original.servers.length })}
      onClose={onClose}
    >
      <div class="halves">
        <CopyForm original={original} draft={draft} findings={findings} onChange={setDraft} />
        <div class="findings">
          <div class="line">
            <h3 aria-live="polite">
              {count === 0 ? texts.say('noFindings') : texts.say('findingsBefore', { count })}
            </h3>
            {mendable.length > 1 && (
              <button class="small primary end" onClick={() => mend(mendable)}>
                {texts.say('mendAll', { count: mendable.length })}
              </button>
            )}
          </div>
          {problems
            .filter(({ path }) => !findings.some((finding) => finding.severity === 'error' && finding.path === path))
            .map(({ path, expected, actual }) => (
              <FindingCard key={path} sign="down" title={`${path}: ${actual}`} why={texts.say('expected', { expected })} rule="" />
            ))}
          {findings.map((finding) => (
            <FindingCard
              key={`${finding.rule} ${finding.path}`}
              sign={finding.severity === 'error' ? 'down' : 'ejected'}
              title={finding.message}
              why={finding.why}
              rule={finding.rule}
            >
              {mendable.includes(finding) && (
                <button class="small" onClick={() => mend([finding])}>
                  {texts.say('mend')}
                </button>
              )}
            </FindingCard>
          ))}
          {check !== undefined && count === 0 && (
            <p class="well">
              <Sign name="up" /> {texts.say('noFindingsText')}
            </p>
          )}
        </div>
      </div>
      <footer>
        <button
          class={count === 0 ? 'primary' : ''}
          disabled={isWrong || check === undefined || !model.isLive}
          aria-describedby="duplicate-refused"
          onClick={() => void duplicate()}
        >
          {count === 0 ? texts.say('dupDo', { name: draft.name }) : texts.say('dupDoFindings', { count })}
        </button>
        <button onClick={onClose}>{texts.say('cancel')}</button>
        <span id="duplicate-refused" class="quiet small end" role="alert">
          {problem !== undefined ? texts.write(problem) : isWrong ? texts.say('dupRefused') : ''}
        </span>
      </footer>
    </Dialog>
  );
}

/** A strict rule is told as a finding, and again as the problem that it makes. */
function countOf(check: CopyCheck | undefined): number {
  const { problems = [], findings = [] } = check ?? {};
  const paths = new Set(findings.filter(({ severity }) => severity === 'error').map(({ path }) => path));
  return findings.length + problems.filter(({ path }) => !paths.has(path)).length;
}

/** Asks what would come of the draft, once nobody has typed for a moment. */
function useCheck(original: PlainServiceConfig, draft: CopyDraft): CopyCheck | undefined {
  const { api } = useModel();
  const [check, setCheck] = useState<CopyCheck>();
  const text = JSON.stringify(changesOfCopy(original, draft));
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      const input = { service: original.name, changes: JSON.parse(text) as unknown };
      api.post('/v1/duplicate/check', input).then(
        (answer) => {
          if (isWanted) setCheck(answer as CopyCheck);
        },
        () => undefined,
      );
    }, typingMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [api, original.name, text]);
  return check;
}

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

function CopyForm({
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
      <CopyField label={texts.say('dupMode')} was={draft.mode === undefined ? undefined : original.mode.toUpperCase()}>
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
          onChange={(kind) => onChange(withChoice(draft, 'persistence', kind === ownPersistence ? undefined : kind))}
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

/** One finding, with why it matters and what mends it. */
export function FindingCard({
  sign,
  title,
  why,
  rule,
  children,
}: {
  readonly sign: 'down' | 'ejected';
  readonly title: string;
  readonly why: string;
  readonly rule: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const texts = useTexts();
  return (
    <article class="finding">
      <Sign name={sign} />
      <h4>{title}</h4>
      <p class="small">{why}</p>
      <div class="line">
        {children}
        <span class="quiet small">
          {texts.say(sign === 'down' ? 'wrong' : 'worthALook')}
          {rule !== '' && [', ', <code key="rule">{rule}</code>]}
        </span>
      </div>
    </article>
  );
}
