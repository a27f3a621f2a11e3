/** The load generators that are written here, all in one process. */
import { runBulk, type BulkQuestion } from './bulk-client.ts';
import {
  echo,
  hold,
  release,
  type EchoQuestion,
  type HoldQuestion,
  type ReleaseQuestion,
} from './held-sessions.ts';
import type { LoadResult } from './load-result.ts';
import { answerQuestions } from './remote.ts';
import { runUdp, type UdpQuestion } from './udp-client.ts';

/** What the process can be asked. */
export type ClientQuestion = BulkQuestion | HoldQuestion | EchoQuestion | ReleaseQuestion | UdpQuestion;

answerQuestions((question: ClientQuestion): Promise<LoadResult> => {
  switch (question.kind) {
    case 'bulk':
      return runBulk(question);
    case 'hold':
      return hold(question);
    case 'echo':
      return echo(question);
    case 'release':
      return release();
    case 'udp':
      return runUdp(question);
  }
});
