import type { Socket } from 'node:net';
import {
  decodeAssociateAccept,
  encodeAssociateRequest,
  type AssociateAccept,
} from '../../../src/dicom/associate.ts';
import { encodeCommandSet, hasDataSet, type CommandSet } from '../../../src/dicom/command-set.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { encodeDataSet } from '../../../src/dicom/data-set-encoder.ts';
import type { DataSetEncoding } from '../../../src/dicom/data-set-encoding.ts';
import { DimseReader, type DimsePart } from '../../../src/dicom/dimse-reader.ts';
import { decodePData, encodePData } from '../../../src/dicom/p-data.ts';
import { encodeReleaseRequest, pduType, type Pdu } from '../../../src/dicom/pdu.ts';
import { DicomProblem } from '../../../src/dicom/problem.ts';
import { sluiceImplementationClass, transferSyntax } from '../../../src/dicom/uids.ts';
import { nextBody, pdusOf } from './pdu-stream.ts';
import { converse } from './tcp-conversation.ts';
import type { TrafficTarget } from './traffic-target.ts';

/** A DICOM server, and by which names it is called. */
export interface DicomTarget extends TrafficTarget {
  /** @default 'PACS' */
  readonly calledAe?: string;
  /** @default 'SLUICE_TEST' */
  readonly callingAe?: string;
}

/** One response message. */
export interface DimseResponse {
  readonly command: CommandSet;
  readonly dataSet: Buffer | undefined;
}

const contextId = 1;
const maxPduBytes = 16384;
/** Answers to worklist queries have some kilobytes. */
const maxDataSetBytes = 1024 * 1024;

/**
 * The requestor's side of one association with one presentation context.
 *
 * `DicomRequestor.use` opens it, runs the work, releases it and closes the connection, all within the
 * target's time limit.
 */
export class DicomRequestor {
  readonly accept: AssociateAccept;
  readonly encoding: DataSetEncoding;
  readonly #socket: Socket;
  readonly #pdus: AsyncGenerator<Pdu, void>;
  readonly #dimse = new DimseReader();
  readonly #parts: DimsePart[] = [];

  private constructor(socket: Socket, pdus: AsyncGenerator<Pdu, void>, accept: AssociateAccept) {
    this.#socket = socket;
    this.#pdus = pdus;
    this.accept = accept;
    const [context] = accept.contexts;
    this.encoding =
      context?.transferSyntax === transferSyntax.implicitVrLittleEndian ? 'implicit' : 'explicit';
  }

  /** @throws Error that says who rejected or aborted and with which codes */
  static use<T>(
    target: DicomTarget,
    abstractSyntax: string,
    work: (requestor: DicomRequestor) => Promise<T>,
  ): Promise<T> {
    return converse(target, async (socket) => {
      const requestor = await DicomRequestor.#open(socket, target, abstractSyntax);
      const result = await work(requestor);
      await requestor.#release();
      return result;
    });
  }

  static async #open(socket: Socket, target: DicomTarget, abstractSyntax: string): Promise<DicomRequestor> {
    const { explicitVrLittleEndian, implicitVrLittleEndian } = transferSyntax;
    const transferSyntaxes = [explicitVrLittleEndian, implicitVrLittleEndian];
    socket.write(
      encodeAssociateRequest({
        calledAe: target.calledAe ?? 'PACS',
        callingAe: target.callingAe ?? 'SLUICE_TEST',
        contexts: [{ id: contextId, abstractSyntax, transferSyntaxes }],
        maxPduBytes,
        implementationClass: sluiceImplementationClass,
        implementationVersion: 'SLUICE',
      }),
    );
    const pdus = pdusOf(socket);
    const body = await nextBody(pdus, pduType.associateAccept);
    const accept = decodeAssociateAccept(body);
    if (accept instanceof DicomProblem) throw new Error(`A-ASSOCIATE-AC: ${accept.reason}`);
    const result = accept.contexts[0]?.result ?? 2;
    if (result !== 0) throw new Error(`the presentation context was not accepted (result ${result})`);
    return new DicomRequestor(socket, pdus, accept);
  }

  /** Sends one request and collects its responses, the pending ones and the final one. */
  async request(command: CommandSet, dataSet?: DataSet | Buffer): Promise<readonly DimseResponse[]> {
    this.#send('command', encodeCommandSet(command));
    if (dataSet !== undefined) {
      this.#send('data', Buffer.isBuffer(dataSet) ? dataSet : encodeDataSet(dataSet, this.encoding));
    }
    const responses: DimseResponse[] = [];
    for (;;) {
      const response = await this.#nextResponse();
      responses.push(response);
      if ((response.command.status ?? 0) >> 8 !== 0xff) return responses;
    }
  }

  async #nextResponse(): Promise<DimseResponse> {
    let command: CommandSet | undefined;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const part = await this.#nextPart();
      if (part.kind === 'command') command = part.command;
      else {
        bytes += part.bytes.length;
        if (bytes > maxDataSetBytes) throw new Error(`a data set of more than ${maxDataSetBytes} bytes`);
        pieces.push(Buffer.from(part.bytes));
      }
      if (command === undefined) continue;
      if (!hasDataSet(command)) return { command, dataSet: undefined };
      if (part.kind === 'data' && part.isLast) return { command, dataSet: Buffer.concat(pieces) };
    }
  }

  /** Parts are views of the PDU they came in, which is valid until the next one is read. */
  async #nextPart(): Promise<DimsePart> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) return part;
      const fragments = decodePData(await nextBody(this.#pdus, pduType.data));
      if (fragments instanceof DicomProblem) throw new Error(fragments.reason);
      for (const fragment of fragments) {
        const next = this.#dimse.read(fragment);
        if (next instanceof DicomProblem) throw new Error(next.reason);
        if (next !== undefined) this.#parts.push(next);
      }
    }
  }

  #send(kind: 'command' | 'data', bytes: Buffer): void {
    this.#socket.write(encodePData(contextId, kind, bytes, this.accept.maxPduBytes));
  }

  async #release(): Promise<void> {
    this.#socket.write(encodeReleaseRequest());
    await nextBody(this.#pdus, pduType.releaseResponse);
  }
}
