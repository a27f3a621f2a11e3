import { decodeAssociateRequest, encodeAssociateAccept } from '../../src/dicom/associate.ts';
import { encodeCommandSet, hasDataSet, type CommandSet } from '../../src/dicom/command-set.ts';
import { DimseReader, type DimsePart } from '../../src/dicom/dimse-reader.ts';
import { decodePData, encodePData } from '../../src/dicom/p-data.ts';
import {
  abortFor,
  encodeAbort,
  encodeAssociateReject,
  encodeReleaseResponse,
  pduType,
  type Pdu,
} from '../../src/dicom/pdu.ts';
import type { AnsweredContext, ProposedContext } from '../../src/dicom/presentation-context.ts';
import { DicomProblem } from '../../src/dicom/problem.ts';
import { demoImplementationClass } from './demo-identity.ts';
import { answerContext, rejectionOf, type AcceptorIdentity } from './dicom-negotiation.ts';
import type { DicomStores, MessageContext, Operation } from './dicom-operation.ts';
import { startOperation } from './start-operation.ts';

/** The connection below an association. */
export interface Wire {
  send(bytes: Buffer): void;
  /** Ends the connection after what was sent. */
  end(): void;
}

/** DCMTK's default, and so what most of the world sends. */
const maxPduBytes = 16384;

/**
 * The acceptor's side of one association: awaiting its request → established → closed.
 *
 * Bytes come as PDUs and leave through the wire; nothing here waits or keeps time.
 */
export class DicomAssociation {
  readonly #identity: AcceptorIdentity;
  readonly #stores: DicomStores;
  readonly #wire: Wire;
  readonly #contexts = new Map<number, MessageContext>();
  readonly #dimse = new DimseReader();
  #state: 'awaiting-request' | 'established' | 'closed' = 'awaiting-request';
  #requestorMaxPduBytes = 0;
  #operation: Operation | undefined = undefined;
  #contextId = 0;

  constructor(identity: AcceptorIdentity, stores: DicomStores, wire: Wire) {
    this.#identity = identity;
    this.#stores = stores;
    this.#wire = wire;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  receive(pdu: Pdu): void {
    if (pdu.type === pduType.abort) this.#close();
    else if (this.#state === 'awaiting-request') this.#receiveFirst(pdu);
    else if (this.#state === 'established') this.#receiveNext(pdu);
  }

  /** Tells the requestor that it broke the protocol, and ends. */
  abort(problem: DicomProblem): void {
    if (this.#state === 'closed') return;
    this.#wire.send(encodeAbort(abortFor(problem)));
    this.#close();
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#wire.end();
  }

  #receiveFirst(pdu: Pdu): void {
    if (pdu.type !== pduType.associateRequest) {
      this.abort(outOfTurn(pdu));
      return;
    }
    const request = decodeAssociateRequest(pdu.body);
    if (request instanceof DicomProblem) {
      this.abort(request);
      return;
    }
    const rejection = rejectionOf(request, this.#identity);
    if (rejection !== undefined) {
      this.#wire.send(encodeAssociateReject(rejection));
      this.#close();
      return;
    }
    this.#state = 'established';
    this.#stores.statistics.associations++;
    this.#requestorMaxPduBytes = request.maxPduBytes;
    this.#wire.send(
      encodeAssociateAccept({
        calledAe: request.calledAe,
        callingAe: request.callingAe,
        contexts: request.contexts.map((context) => this.#negotiate(context)),
        maxPduBytes,
        implementationClass: demoImplementationClass,
        implementationVersion: this.#identity.serverName.slice(0, 16),
      }),
    );
  }

  #negotiate(proposed: ProposedContext): AnsweredContext {
    const answer = answerContext(proposed);
    if (answer.result === 0) {
      const { abstractSyntax } = proposed;
      this.#contexts.set(answer.id, { abstractSyntax, transferSyntax: answer.transferSyntax });
    }
    return answer;
  }

  #receiveNext(pdu: Pdu): void {
    if (pdu.type === pduType.data) this.#onData(pdu);
    else if (pdu.type !== pduType.releaseRequest) this.abort(outOfTurn(pdu));
    else {
      this.#wire.send(encodeReleaseResponse());
      this.#close();
    }
  }

  #onData(pdu: Pdu): void {
    const fragments = decodePData(pdu.body);
    if (fragments instanceof DicomProblem) {
      this.abort(fragments);
      return;
    }
    for (const fragment of fragments) {
      const part = this.#dimse.read(fragment);
      if (part instanceof DicomProblem) this.abort(part);
      else if (part !== undefined) this.#onPart(part);
      if (this.isClosed) return;
    }
  }

  #onPart(part: DimsePart): void {
    if (part.kind === 'command') this.#onCommand(part.contextId, part.command);
    else {
      this.#operation?.onData(part.bytes);
      if (part.isLast) this.#finish();
    }
  }

  #onCommand(contextId: number, command: CommandSet): void {
    const context = this.#contexts.get(contextId);
    if (context === undefined) {
      this.abort(new DicomProblem('unexpected', `a message in context ${contextId}, which was not accepted`));
      return;
    }
    this.#contextId = contextId;
    this.#operation = startOperation(command, context, this.#stores);
    if (!hasDataSet(command)) this.#finish();
  }

  #finish(): void {
    const answers = this.#operation?.finish() ?? [];
    this.#operation = undefined;
    for (const { command, dataSet } of answers) {
      this.#send('command', encodeCommandSet(command));
      if (dataSet !== undefined) this.#send('data', dataSet);
    }
  }

  #send(kind: 'command' | 'data', bytes: Buffer): void {
    this.#wire.send(encodePData(this.#contextId, kind, bytes, this.#requestorMaxPduBytes));
  }
}

function outOfTurn({ type }: Pdu): DicomProblem {
  return new DicomProblem('unexpected', `a PDU of type ${type} out of turn`);
}
