import type { JSX } from 'preact';
import type { DiffLine } from '../site/line-diff.ts';
import { useTexts } from './context.ts';

const lineMarks = { same: ' ', added: '+', removed: '−' } as const;

/** What makes one text of the other. */
export function Difference({ lines }: { readonly lines: readonly DiffLine[] }): JSX.Element | null {
  const texts = useTexts();
  if (lines.length === 0) return null;
  return (
    <div class="difference" tabIndex={0} role="group" aria-label={texts.say('difference')}>
      <ol>
        {lines.map((line, index) =>
          line.kind === 'skipped' ? (
            <li key={index} class="is-skipped">
              {texts.say('unchangedLines', { count: line.count })}
            </li>
          ) : (
            <li key={index} class={`is-${line.kind}`}>
              <b>{lineMarks[line.kind]}</b> {line.text}
            </li>
          ),
        )}
      </ol>
    </div>
  );
}
