import { attribute } from '../../src/dicom/attributes.ts';
import { DataSet } from '../../src/dicom/data-set.ts';

/** One fictitious examination: nobody of that name was ever ill. */
interface Examination {
  readonly patientName: string;
  readonly patientId: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly accession: string;
  readonly modality: string;
  readonly stationAe: string;
  readonly time: string;
  readonly procedure: string;
}

const examinations: readonly Examination[] = [
  {
    patientName: 'HOLLOWAY^IRIS',
    patientId: 'DEMO0001',
    birthDate: '19610412',
    sex: 'F',
    accession: 'ACC1001',
    modality: 'CT',
    stationAe: 'CT01',
    time: '083000',
    procedure: 'CT CHEST',
  },
  {
    patientName: 'HOLM^ARVID',
    patientId: 'DEMO0002',
    birthDate: '19780923',
    sex: 'M',
    accession: 'ACC1002',
    modality: 'CT',
    stationAe: 'CT02',
    time: '091500',
    procedure: 'CT ABDOMEN',
  },
  {
    patientName: 'MARLOWE^TESS',
    patientId: 'DEMO0003',
    birthDate: '19900130',
    sex: 'F',
    accession: 'ACC1003',
    modality: 'MR',
    stationAe: 'MR01',
    time: '100000',
    procedure: 'MR KNEE',
  },
  {
    patientName: 'QUILL^OTTO',
    patientId: 'DEMO0004',
    birthDate: '20040817',
    sex: 'M',
    accession: 'ACC1004',
    modality: 'DX',
    stationAe: 'DX01',
    time: '104500',
    procedure: 'X-RAY HAND',
  },
];

/** Where UIDs of demo studies hang: a UUID below `2.25`. */
const demoRoot = '2.25.231749508662403385402178190432';

/** The worklist of one day. @param date `YYYYMMDD` */
export function worklistOf(date: string): readonly DataSet[] {
  return examinations.map((examination, index) => {
    const step = new DataSet()
      .setText(attribute.modality, examination.modality)
      .setText(attribute.scheduledStationAeTitle, examination.stationAe)
      .setText(attribute.scheduledProcedureStepStartDate, date)
      .setText(attribute.scheduledProcedureStepStartTime, examination.time)
      .setText(attribute.scheduledPerformingPhysicianName, 'DEMO^READER')
      .setText(attribute.scheduledProcedureStepDescription, examination.procedure)
      .setText(attribute.scheduledProcedureStepId, `STEP${index + 1}`);
    return patientOf(examination)
      .setText(attribute.studyInstanceUid, `${demoRoot}.1.${index + 1}`)
      .setText(attribute.requestedProcedureDescription, examination.procedure)
      .setText(attribute.requestedProcedureId, `REQ${index + 1}`)
      .setItems(attribute.scheduledProcedureStepSequence, [step]);
  });
}

/** Studies that every demo server has from the start, one image each. @param date `YYYYMMDD` */
export function demoStudies(date: string): readonly DataSet[] {
  return examinations.map((examination, index) =>
    patientOf(examination)
      .setText(attribute.studyDate, date)
      .setText(attribute.studyTime, examination.time)
      .setText(attribute.modality, examination.modality)
      .setText(attribute.modalitiesInStudy, examination.modality)
      .setText(attribute.studyDescription, examination.procedure)
      .setText(attribute.studyId, `STUDY${index + 1}`)
      .setText(attribute.studyInstanceUid, `${demoRoot}.2.${index + 1}`)
      .setText(attribute.seriesInstanceUid, `${demoRoot}.2.${index + 1}.1`)
      .setText(attribute.seriesNumber, '1')
      .setText(attribute.instanceNumber, '1')
      .setText(attribute.sopInstanceUid, `${demoRoot}.2.${index + 1}.1.1`),
  );
}

function patientOf(examination: Examination): DataSet {
  return new DataSet()
    .setText(attribute.accessionNumber, examination.accession)
    .setText(attribute.referringPhysicianName, 'DEMO^REFERRER')
    .setText(attribute.patientName, examination.patientName)
    .setText(attribute.patientId, examination.patientId)
    .setText(attribute.patientBirthDate, examination.birthDate)
    .setText(attribute.patientSex, examination.sex);
}
