import { useEffect, useState } from 'preact/hooks';
import type { ConfigChange } from '../../src/config/describe-changes.ts';
import type { ConfigCheck } from '../../src/control/routes/checks.ts';
import { ApiError, wordsOf, type Problem } from '../live/api.ts';
import { message, type Message } from '../text/message.ts';
import { useModel } from './context.ts';

/** While somebody types, nobody is asked. */
const typingMs = 400;

/** What comes of a text. */
export interface Planned {
  readonly text: string;
  readonly changes: readonly ConfigChange[];
  readonly problems: readonly Problem[];
  readonly findings: ConfigCheck['findings'];
  /** Why nobody can tell. */
  readonly failure: Message | undefined;
}

const nothing: Planned = { text: '', changes: [], problems: [], findings: [], failure: undefined };

/** Asks what a text would do, once nobody has typed for a moment. */
export function usePlan(text: string, running: string): Planned {
  const { api } = useModel();
  const [planned, setPlanned] = useState(nothing);
  useEffect(() => {
    let isWanted = true;
    const tell = (next: Omit<Planned, 'text'>): void => {
      if (isWanted) setPlanned({ text, ...next });
    };
    const timer = setTimeout(() => void ask(), typingMs);
    const ask = async (): Promise<void> => {
      const parsed = parse(text);
      if ('failure' in parsed) {
        tell({ ...nothing, failure: parsed.failure });
        return;
      }
      try {
        const body = { configuration: parsed.configuration };
        const { problems, findings } = (await api.post('/v1/check', body)) as ConfigCheck;
        const changes =
          problems.length === 0 && text !== running
            ? ((await api.post('/v1/plan', body)) as readonly ConfigChange[])
            : [];
        tell({ changes, problems, findings, failure: undefined });
      } catch (error) {
        const problems = error instanceof ApiError ? error.problems : [];
        const failure = problems.length > 0 ? undefined : message('failed', { message: wordsOf(error) });
        tell({ ...nothing, problems, failure });
      }
    };
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [api, text, running]);
  return planned;
}

function parse(text: string): { readonly configuration: unknown } | { readonly failure: Message } {
  if (text === '') return { failure: message('loading') };
  try {
    return { configuration: JSON.parse(text) };
  } catch (error) {
    return { failure: message('notJson', { message: wordsOf(error) }) };
  }
}
