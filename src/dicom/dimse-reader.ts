import { decodeCommandSet, hasDataSet, type CommandSet } from './command-set.ts';
import type { Pdv } from './p-data.ts';
import { DicomProblem } from './problem.ts';

/** Command sets of the standard have some hundred bytes. */
const maxCommandBytes = 16 * 1024;

/** A DIMSE message arrives as its command, followed by fragments of its data set where it has one. */
export type DimsePart =
  | { readonly kind: 'command'; readonly contextId: number; readonly command: CommandSet }
  | { readonly kind: 'data'; readonly bytes: Buffer; readonly isLast: boolean };

/**
 * Puts the fragments of one direction of an association together again. Holds the command set that is under
 * way and nothing else: fragments of data sets pass through.
 */
export class DimseReader {
  readonly #command: Buffer[] = [];
  #commandBytes = 0;
  /** The context of the message under way, or 0 between messages. */
  #contextId = 0;
  #awaitsData = false;

  /** @returns undefined while a command set is incomplete */
  read(pdv: Pdv): DimsePart | DicomProblem | undefined {
    if (this.#contextId !== 0 && pdv.contextId !== this.#contextId) {
      return new DicomProblem('unexpected', 'a fragment of another context in the middle of a message');
    }
    if (pdv.isCommand === this.#awaitsData) {
      const found = pdv.isCommand
        ? 'a command fragment instead of a data fragment'
        : 'a data fragment without a command';
      return new DicomProblem('unexpected', found);
    }
    this.#contextId = pdv.contextId;
    if (pdv.isCommand) return this.#readCommand(pdv);
    if (pdv.isLast) this.#expectCommand();
    return { kind: 'data', bytes: pdv.data, isLast: pdv.isLast };
  }

  #readCommand(pdv: Pdv): DimsePart | DicomProblem | undefined {
    this.#commandBytes += pdv.data.length;
    if (this.#commandBytes > maxCommandBytes) {
      return new DicomProblem('too-long', `a command set of more than ${maxCommandBytes} bytes`);
    }
    // A copy: the fragment is a view of memory that is reused. Empty ones would cost memory uncounted.
    if (pdv.data.length > 0) this.#command.push(Buffer.from(pdv.data));
    if (!pdv.isLast) return undefined;
    const command = decodeCommandSet(Buffer.concat(this.#command));
    this.#expectCommand();
    if (command instanceof DicomProblem) return command;
    if (hasDataSet(command)) {
      this.#awaitsData = true;
      this.#contextId = pdv.contextId;
    }
    return { kind: 'command', contextId: pdv.contextId, command };
  }

  #expectCommand(): void {
    this.#command.length = 0;
    this.#commandBytes = 0;
    this.#contextId = 0;
    this.#awaitsData = false;
  }
}
