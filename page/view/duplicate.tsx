import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Finding } from '../../src/base/finding.ts';
import type { CopyCheck } from '../../src/control/routes/checks.ts';
import type { PlainServiceConfig } from '../../src/config/plain-config.ts';
import { wordsOf } from '../live/api.ts';
import { changesOfCopy, mended, type CopyDraft } from '../site/copy-draft.ts';
import { message, type Message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { CopyForm } from './copy-form.tsx';
import { Dialog } from './dialog.tsx';
import { FindingCard } from './finding-card.tsx';
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
  const [draft, setDraft] = useState<CopyDraft>({
    name: `${original.name}_2`,
    port: String(original['port']),
  });
  const [problem, setProblem] = useState<Message>();
  const check = useCheck(original, draft);
  const isWrong = isRefused(check);
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
  const mend = (last: CopyDraft, finding: Finding): CopyDraft | undefined =>
    check === undefined ? undefined : mended(last, check, finding);
  const mendable = check?.findings.filter((finding) => mend(draft, finding) !== undefined) ?? [];
  return (
    <Dialog
      title={texts.say('dupTitle', { service: original.name })}
      lead={texts.say('dupLead', { servers: original.servers.length })}
      onClose={onClose}
    >
      <div class="halves">
        <CopyForm original={original} draft={draft} findings={check?.findings ?? []} onChange={setDraft} />
        <CopyFindings
          check={check}
          mendable={mendable}
          onMend={(which) => setDraft(which.reduce((last, each) => mend(last, each) ?? last, draft))}
        />
      </div>
      <footer>
        <button
          class={count === 0 ? 'primary' : ''}
          disabled={isWrong || !model.isLive}
          aria-describedby="duplicate-refused"
          onClick={() => void duplicate()}
        >
          {count === 0 ? texts.say('dupDo', { name: draft.name }) : texts.say('dupDoFindings', { count })}
        </button>
        <button onClick={onClose}>{texts.say('cancel')}</button>
        <span id="duplicate-refused" class="quiet small end" role="alert">
          {problem !== undefined
            ? texts.write(problem)
            : check !== undefined && isWrong
              ? texts.say('dupRefused')
              : ''}
        </span>
      </footer>
    </Dialog>
  );
}

function CopyFindings({
  check,
  mendable,
  onMend,
}: {
  readonly check: CopyCheck | undefined;
  readonly mendable: readonly Finding[];
  readonly onMend: (which: readonly Finding[]) => void;
}): JSX.Element {
  const texts = useTexts();
  const count = countOf(check);
  return (
    <div class="findings">
      <div class="line">
        <h3 aria-live="polite">
          {count === 0 ? texts.say('noFindings') : texts.say('findingsBefore', { count })}
        </h3>
        {mendable.length > 1 && (
          <button class="small primary end" onClick={() => onMend(mendable)}>
            {texts.say('mendAll', { count: mendable.length })}
          </button>
        )}
      </div>
      {plainProblems(check).map(({ path, expected, actual }) => (
        <FindingCard
          key={path}
          sign="down"
          title={`${path}: ${actual}`}
          why={texts.say('expected', { expected })}
          rule=""
        />
      ))}
      {check?.findings.map((finding) => (
        <FindingCard
          key={`${finding.rule} ${finding.path}`}
          sign={finding.severity === 'error' ? 'down' : 'ejected'}
          title={finding.message}
          why={finding.why}
          rule={finding.rule}
        >
          {mendable.includes(finding) && (
            <button class="small" onClick={() => onMend([finding])}>
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
  );
}

/** It cannot work, or nobody knows yet. */
function isRefused(check: CopyCheck | undefined): boolean {
  if (check === undefined) return true;
  return check.problems.length > 0 || check.findings.some(({ severity }) => severity === 'error');
}

/** A strict rule is told as a finding, and again as the problem that it makes. */
function plainProblems(check: CopyCheck | undefined): CopyCheck['problems'] {
  const { problems = [], findings = [] } = check ?? {};
  const told = new Set(findings.filter(({ severity }) => severity === 'error').map(({ path }) => path));
  return problems.filter(({ path }) => !told.has(path));
}

function countOf(check: CopyCheck | undefined): number {
  return (check?.findings.length ?? 0) + plainProblems(check).length;
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
