import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Archive } from '../../../examples/demo-cluster/archive.ts';
import { DicomAssociation } from '../../../examples/demo-cluster/dicom-association.ts';
import type { DicomStores } from '../../../examples/demo-cluster/dicom-operation.ts';
import { emptyStatistics } from '../../../examples/demo-cluster/server-statistics.ts';
import { demoStudies, worklistOf } from '../../../examples/demo-cluster/worklist.ts';
import { decodeAssociateAccept, encodeAssociateRequest } from '../../../src/dicom/associate.ts';
import { attribute } from '../../../src/dicom/attributes.ts';
import { decodeCommandSet, encodeCommandSet, type CommandSet } from '../../../src/dicom/command-set.ts';
import { DataSet } from '../../../src/dicom/data-set.ts';
import { encodeDataSet } from '../../../src/dicom/data-set-encoder.ts';
import { dimseStatus, echoRequest, findRequest, storeRequest } from '../../../src/dicom/dimse.ts';
import { decodePData, encodePData } from '../../../src/dicom/p-data.ts';
import { encodeAbort, encodeReleaseRequest, pduHeaderBytes, type Pdu } from '../../../src/dicom/pdu.ts';
import { DicomProblem } from '../../../src/dicom/problem.ts';
import { sopClass, transferSyntax } from '../../../src/dicom/uids.ts';

const implicit = transferSyntax.implicitVrLittleEndian;
const jpeg = '1.2.840.10008.1.2.4.50';

const request = encodeAssociateRequest({
  calledAe: 'PACS',
  callingAe: 'CT01',
  contexts: [
    { id: 1, abstractSyntax: sopClass.verification, transferSyntaxes: [implicit] },
    { id: 3, abstractSyntax: sopClass.secondaryCaptureStorage, transferSyntaxes: [jpeg, implicit] },
    {
      id: 5,
      abstractSyntax: sopClass.studyRootFind,
      transferSyntaxes: [jpeg.replace('4.50', '2'), implicit],
    },
    { id: 7, abstractSyntax: '1.2.3', transferSyntaxes: [implicit] },
    { id: 9, abstractSyntax: sopClass.modalityWorklistFind, transferSyntaxes: ['1.2.840.10008.1.2.2'] },
  ],
  maxPduBytes: 16384,
  implementationClass: '1.2.3',
  implementationVersion: '',
});

function pduOf(bytes: Buffer): Pdu {
  return { type: bytes[0] ?? 0, body: bytes.subarray(pduHeaderBytes) };
}

function message(contextId: number, command: CommandSet): Pdu {
  return pduOf(encodePData(contextId, 'command', encodeCommandSet(command), 0));
}

function data(contextId: number, bytes: Buffer): Pdu {
  return pduOf(encodePData(contextId, 'data', bytes, 0));
}

/** An association without a connection: what it sends is kept. */
function open() {
  const sent: Buffer[] = [];
  const stores: DicomStores & { archive: Archive } = {
    archive: new Archive(demoStudies('20260115'), 2),
    worklist: worklistOf('20260115'),
    statistics: emptyStatistics(),
  };
  let ended = 0;
  const wire = {
    send: (bytes: Buffer) => void sent.push(bytes),
    end: () => {
      ended++;
    },
  };
  const association = new DicomAssociation({ serverName: 'INF_PACS1', calledAe: undefined }, stores, wire);
  return { association, sent, stores, endings: () => ended };
}

function openEstablished() {
  const opened = open();
  opened.association.receive(pduOf(request));
  opened.sent.length = 0;
  return opened;
}

/** The statuses of all responses that were sent. */
function statusesOf(sent: readonly Buffer[]): (number | undefined)[] {
  return sent.flatMap((bytes) => {
    const fragments = decodePData(bytes.subarray(pduHeaderBytes));
    if (fragments instanceof DicomProblem) throw new Error(fragments.reason);
    return fragments
      .filter(({ isCommand }) => isCommand)
      .map(({ data: set }) => {
        const command = decodeCommandSet(set);
        return command instanceof DicomProblem ? undefined : command.status;
      });
  });
}

describe('an association with a demo server', () => {
  it('answers each context by what it can do with it', () => {
    const { association, sent } = open();
    association.receive(pduOf(request));
    const accept = decodeAssociateAccept(sent[0]!.subarray(pduHeaderBytes));
    expect(accept).toMatchObject({
      implementationVersion: 'INF_PACS1',
      contexts: [
        { id: 1, result: 0, transferSyntax: implicit },
        { id: 3, result: 0, transferSyntax: jpeg },
        { id: 5, result: 0, transferSyntax: implicit },
        { id: 7, result: 3 },
        { id: 9, result: 4 },
      ],
    });
  });

  it('aborts a message in a context that was refused', () => {
    const { association, sent, endings } = openEstablished();
    association.receive(message(7, echoRequest(1)));
    expect(sent).toEqual([encodeAbort({ source: 2, reason: 2 })]);
    expect(endings()).toBe(1);
  });

  it('aborts a second request, and ignores what comes after', () => {
    const { association, sent } = openEstablished();
    association.receive(pduOf(request));
    association.receive(message(1, echoRequest(1)));
    expect(sent).toEqual([encodeAbort({ source: 2, reason: 2 })]);
  });

  it('ends without a word when it is aborted, and with a response when it is released', () => {
    const aborted = openEstablished();
    aborted.association.receive(pduOf(encodeAbort({ source: 0, reason: 0 })));
    expect(aborted.sent).toEqual([]);
    expect(aborted.endings()).toBe(1);
    const released = openEstablished();
    released.association.receive(pduOf(encodeReleaseRequest()));
    expect(released.sent.map((bytes) => bytes[0])).toEqual([6]);
    expect(released.endings()).toBe(1);
  });

  it('says no to what does not belong in a context, or nowhere', () => {
    const { association, sent, stores } = openEstablished();
    association.receive(message(1, storeRequest(1, '1.2', '1.2.3')));
    association.receive(data(1, Buffer.alloc(4)));
    association.receive(message(3, findRequest(2, sopClass.studyRootFind)));
    association.receive(data(3, Buffer.alloc(4)));
    association.receive(message(1, { ...echoRequest(3), field: 0x0130 }));
    expect(statusesOf(sent)).toEqual([0x0122, 0x0122, 0x0211]);
    expect(stores.statistics).toMatchObject({ stores: 0, finds: 0 });
  });

  it('does not understand queries that are malformed, and lives on', () => {
    const { association, sent } = openEstablished();
    association.receive(message(5, findRequest(1, sopClass.studyRootFind)));
    association.receive(data(5, Buffer.from('ffff')));
    association.receive(message(1, echoRequest(2)));
    expect(statusesOf(sent)).toEqual([dimseStatus.cannotUnderstand, dimseStatus.success]);
  });

  it('keeps as many instances as it may, the newest', () => {
    const { association, stores } = openEstablished();
    for (const uid of ['1.1', '1.2', '1.3']) {
      association.receive(message(3, storeRequest(1, sopClass.secondaryCaptureStorage, uid)));
      association.receive(data(3, Buffer.from('pixels')));
    }
    expect(stores.archive.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.2', '1.3']);
  });

  it('finds demo studies at each level, and nothing at another', () => {
    for (const [level, count] of [
      ['STUDY', 4],
      ['SERIES', 4],
      ['IMAGE', 4],
      ['PATIENT', 0],
      ['', 0],
    ] as const) {
      const { association, sent } = openEstablished();
      const query = new DataSet()
        .setText(attribute.queryRetrieveLevel, level)
        .setText(attribute.patientId, '');
      association.receive(message(5, findRequest(1, sopClass.studyRootFind)));
      association.receive(data(5, encodeDataSet(query, 'implicit')));
      expect(statusesOf(sent)).toEqual([
        ...Array<number>(count).fill(dimseStatus.pending),
        dimseStatus.success,
      ]);
    }
  });

  it('never throws, and never ends twice, whatever comes', () => {
    const valid = [
      request,
      encodePData(1, 'command', encodeCommandSet(echoRequest(1)), 0),
      encodePData(3, 'command', encodeCommandSet(storeRequest(2, '1.2', '1.3')), 0),
      encodePData(3, 'data', Buffer.from('pixels'), 0),
      encodePData(5, 'command', encodeCommandSet(findRequest(3, sopClass.studyRootFind)), 0),
      encodePData(5, 'data', encodeDataSet(new DataSet().setText(attribute.patientId, '*'), 'implicit'), 0),
      encodeReleaseRequest(),
    ].map(pduOf);
    const pdu = fc
      .record({ base: fc.constantFrom(...valid), at: fc.nat(400), byte: fc.option(fc.nat(255)) })
      .map(({ base, at, byte }) => {
        const body = Buffer.from(base.body);
        if (byte !== null && body.length > 0) body[at % body.length] = byte;
        return { type: base.type, body };
      });
    fc.assert(
      fc.property(fc.array(pdu, { maxLength: 12 }), (pdus) => {
        const { association, endings } = open();
        association.receive(pduOf(request));
        for (const each of pdus) association.receive(each);
        expect(endings()).toBe(association.isClosed ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });
});
