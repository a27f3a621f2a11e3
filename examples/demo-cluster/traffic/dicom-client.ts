import type { AssociateAccept } from '../../../src/dicom/associate.ts';
import { attribute } from '../../../src/dicom/attributes.ts';
import { DataSet } from '../../../src/dicom/data-set.ts';
import { decodeDataSet } from '../../../src/dicom/data-set-decoder.ts';
import { encodeDataSet } from '../../../src/dicom/data-set-encoder.ts';
import type { DataSetEncoding } from '../../../src/dicom/data-set-encoding.ts';
import { dimseStatus, echoRequest, findRequest, storeRequest } from '../../../src/dicom/dimse.ts';
import { sopClass } from '../../../src/dicom/uids.ts';
import { demoImplementationClass } from '../demo-identity.ts';
import { DicomRequestor, type DicomTarget, type DimseResponse } from './dicom-requestor.ts';
import { makeTinyInstance, sha256 } from './tiny-instance.ts';
import type { TrafficAnswer } from './traffic-target.ts';

/** What a C-STORE sent. */
export interface StoreAnswer extends TrafficAnswer {
  readonly sopInstanceUid: string;
  /** Of the data set as it was sent. */
  readonly sha256: string;
}

/** One entry of a worklist, as far as the self-test looks at it. */
export interface WorklistItem {
  readonly patientId: string;
  readonly accessionNumber: string;
  readonly modality: string;
  readonly stationAe: string;
  readonly date: string;
}

export interface WorklistAnswer extends TrafficAnswer {
  readonly items: readonly WorklistItem[];
}

/** One study, as far as the self-test looks at it. */
export interface Study {
  readonly studyInstanceUid: string;
  readonly patientId: string;
  readonly date: string;
}

export interface StudiesAnswer extends TrafficAnswer {
  readonly studies: readonly Study[];
}

/** Which entries are wanted; what is left out matches all. `*` and `?` are wildcards, dates may be ranges. */
export interface WorklistQuery {
  readonly patientName?: string;
  readonly modality?: string;
  readonly stationAe?: string;
  readonly date?: string;
}

/** Verifies a server (C-ECHO). @throws Error that names the target and what it answered */
export function echo(target: DicomTarget): Promise<TrafficAnswer> {
  return DicomRequestor.use(target, sopClass.verification, async (requestor) => {
    requireSuccess('C-ECHO', await requestor.request(echoRequest(1)));
    return { server: serverOf(requestor.accept) };
  });
}

/** Stores a tiny made-up image (C-STORE). @throws Error that names the target and what it answered */
export function storeTinyInstance(target: DicomTarget): Promise<StoreAnswer> {
  return DicomRequestor.use(target, sopClass.secondaryCaptureStorage, async (requestor) => {
    const { sopClassUid, sopInstanceUid, dataSet } = makeTinyInstance();
    const bytes = encodeDataSet(dataSet, requestor.encoding);
    requireSuccess('C-STORE', await requestor.request(storeRequest(1, sopClassUid, sopInstanceUid), bytes));
    return { server: serverOf(requestor.accept), sopInstanceUid, sha256: sha256(bytes) };
  });
}

/** Asks for the worklist (C-FIND). @throws Error that names the target and what it answered */
export async function findWorklist(target: DicomTarget, query: WorklistQuery = {}): Promise<WorklistAnswer> {
  const { server, found } = await find(target, sopClass.modalityWorklistFind, worklistIdentifier(query));
  return { server, items: found.map(itemOf) };
}

/**
 * Asks which studies there are (C-FIND, study root).
 *
 * @param patientId may hold wildcards
 * @throws Error that names the target and what it answered
 */
export async function findStudies(target: DicomTarget, patientId = ''): Promise<StudiesAnswer> {
  const identifier = new DataSet()
    .setText(attribute.queryRetrieveLevel, 'STUDY')
    .setText(attribute.studyDate, '')
    .setText(attribute.patientId, patientId)
    .setText(attribute.studyInstanceUid, '');
  const { server, found } = await find(target, sopClass.studyRootFind, identifier);
  return { server, studies: found.map(studyOf) };
}

function find(
  target: DicomTarget,
  abstractSyntax: string,
  identifier: DataSet,
): Promise<TrafficAnswer & { readonly found: readonly DataSet[] }> {
  return DicomRequestor.use(target, abstractSyntax, async (requestor) => {
    const responses = await requestor.request(findRequest(1, abstractSyntax), identifier);
    requireSuccess('C-FIND', responses);
    const found = responses
      .flatMap(({ dataSet }) => dataSet ?? [])
      .map((bytes) => decodeAnswer(bytes, requestor.encoding));
    return { server: serverOf(requestor.accept), found };
  });
}

function decodeAnswer(bytes: Buffer, encoding: DataSetEncoding): DataSet {
  const answer = decodeDataSet(bytes, encoding);
  if (answer instanceof DataSet) return answer;
  throw new Error(`C-FIND: ${answer.reason}`);
}

function worklistIdentifier(query: WorklistQuery): DataSet {
  const step = new DataSet()
    .setText(attribute.modality, query.modality ?? '')
    .setText(attribute.scheduledStationAeTitle, query.stationAe ?? '')
    .setText(attribute.scheduledProcedureStepStartDate, query.date ?? '');
  return new DataSet()
    .setText(attribute.accessionNumber, '')
    .setText(attribute.patientName, query.patientName ?? '')
    .setText(attribute.patientId, '')
    .setItems(attribute.scheduledProcedureStepSequence, [step]);
}

function itemOf(item: DataSet): WorklistItem {
  const step = item.items(attribute.scheduledProcedureStepSequence)[0] ?? new DataSet();
  return {
    patientId: item.text(attribute.patientId) ?? '',
    accessionNumber: item.text(attribute.accessionNumber) ?? '',
    modality: step.text(attribute.modality) ?? '',
    stationAe: step.text(attribute.scheduledStationAeTitle) ?? '',
    date: step.text(attribute.scheduledProcedureStepStartDate) ?? '',
  };
}

function studyOf(study: DataSet): Study {
  return {
    studyInstanceUid: study.text(attribute.studyInstanceUid) ?? '',
    patientId: study.text(attribute.patientId) ?? '',
    date: study.text(attribute.studyDate) ?? '',
  };
}

function requireSuccess(operation: string, responses: readonly DimseResponse[]): void {
  const status = responses.at(-1)?.command.status;
  if (status === dimseStatus.success) return;
  throw new Error(`${operation} failed with status ${status === undefined ? 'none' : status.toString(16)}`);
}

/** Demo servers say their name as implementation version; of other products that is only the product. */
function serverOf(accept: AssociateAccept): string | undefined {
  return accept.implementationClass === demoImplementationClass ? accept.implementationVersion : undefined;
}
