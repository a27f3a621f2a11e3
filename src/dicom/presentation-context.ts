import { itemText, itemType, readItems, textItem, writeItem, type Item } from './associate-items.ts';
import { DicomProblem } from './problem.ts';

/** One presentation context as the requestor proposes it. */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  /** In the requestor's order of preference. */
  readonly transferSyntaxes: readonly string[];
}

/** One presentation context as the acceptor answers it. */
export interface AnsweredContext {
  readonly id: number;
  /** 0 accepted, 1 user rejected, 2 no reason, 3 abstract syntax and 4 transfer syntaxes not supported. */
  readonly result: number;
  /** Not significant unless accepted. */
  readonly transferSyntax: string;
}

export function encodeProposedContext({ id, abstractSyntax, transferSyntaxes }: ProposedContext): Buffer {
  return writeItem(itemType.proposedContext, [
    Buffer.from([id, 0, 0, 0]),
    textItem(itemType.abstractSyntax, abstractSyntax),
    ...transferSyntaxes.map((uid) => textItem(itemType.transferSyntax, uid)),
  ]);
}

export function encodeAnsweredContext({ id, result, transferSyntax }: AnsweredContext): Buffer {
  return writeItem(itemType.answeredContext, [
    Buffer.from([id, 0, result, 0]),
    textItem(itemType.transferSyntax, transferSyntax),
  ]);
}

export function decodeProposedContext(body: Buffer, context: Item): ProposedContext | DicomProblem {
  const items = contextItems(body, context);
  if (items instanceof DicomProblem) return items;
  const abstractSyntax = items.find(({ type }) => type === itemType.abstractSyntax);
  if (abstractSyntax === undefined) return new DicomProblem('invalid', 'a context has no abstract syntax');
  const id = body[context.start] ?? 0;
  if (id % 2 === 0) return new DicomProblem('invalid', `presentation context ${id} is not odd`);
  const offered = items.filter(({ type }) => type === itemType.transferSyntax);
  const transferSyntaxes = offered.map((item) => itemText(body, item));
  return { id, abstractSyntax: itemText(body, abstractSyntax), transferSyntaxes };
}

export function decodeAnsweredContext(body: Buffer, context: Item): AnsweredContext | DicomProblem {
  const items = contextItems(body, context);
  if (items instanceof DicomProblem) return items;
  const syntax = items.find(({ type }) => type === itemType.transferSyntax);
  return {
    id: body[context.start] ?? 0,
    result: body[context.start + 2] ?? 0,
    transferSyntax: syntax === undefined ? '' : itemText(body, syntax),
  };
}

function contextItems(body: Buffer, context: Item): readonly Item[] | DicomProblem {
  if (context.end - context.start < 4) return new DicomProblem('truncated', 'a context of less than 4 bytes');
  return readItems(body, context.start + 4, context.end);
}
