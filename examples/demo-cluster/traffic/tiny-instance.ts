import { createHash, randomUUID } from 'node:crypto';
import { attribute, type Attribute } from '../../../src/dicom/attributes.ts';
import { DataSet } from '../../../src/dicom/data-set.ts';
import { sopClass } from '../../../src/dicom/uids.ts';

/** A secondary capture that is made up: eight by eight grey pixels of nobody. */
export interface TinyInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly dataSet: DataSet;
}

const conversionType: Attribute = { tag: 0x0008_0064, vr: 'CS' };
const photometricInterpretation: Attribute = { tag: 0x0028_0004, vr: 'CS' };
const pixelData = 0x7fe0_0010;
const side = 8;

/** Numbers of two bytes: samples, rows, columns, bits allocated, bits stored, high bit, representation. */
const imageNumbers = [
  [0x0028_0002, 1],
  [0x0028_0010, side],
  [0x0028_0011, side],
  [0x0028_0100, 8],
  [0x0028_0101, 8],
  [0x0028_0102, 7],
  [0x0028_0103, 0],
] as const;

/** An instance with UIDs of its own, in a study of its own. */
export function makeTinyInstance(): TinyInstance {
  const sopClassUid = sopClass.secondaryCaptureStorage;
  const sopInstanceUid = newUid();
  const dataSet = new DataSet()
    .setText(attribute.sopClassUid, sopClassUid)
    .setText(attribute.sopInstanceUid, sopInstanceUid)
    .setText(attribute.studyDate, '20260101')
    .setText(attribute.studyTime, '120000')
    .setText(attribute.accessionNumber, '')
    .setText(attribute.modality, 'OT')
    .setText(conversionType, 'WSD')
    .setText(attribute.referringPhysicianName, '')
    .setText(attribute.patientName, 'SELF^TEST')
    .setText(attribute.patientId, 'SELFTEST')
    .setText(attribute.patientBirthDate, '')
    .setText(attribute.patientSex, 'O')
    .setText(attribute.studyInstanceUid, newUid())
    .setText(attribute.seriesInstanceUid, newUid())
    .setText(attribute.studyId, 'SELFTEST')
    .setText(attribute.seriesNumber, '1')
    .setText(attribute.instanceNumber, '1')
    .setText(photometricInterpretation, 'MONOCHROME2');
  for (const [tag, number] of imageNumbers) {
    const value = Buffer.alloc(2);
    value.writeUInt16LE(number);
    dataSet.set({ tag, vr: 'US', value });
  }
  const pixels = Buffer.from(Array.from({ length: side * side }, (_, index) => index * 4));
  return { sopClassUid, sopInstanceUid, dataSet: dataSet.set({ tag: pixelData, vr: 'OW', value: pixels }) };
}

/** A UID from a random UUID, below `2.25` (PS3.5 §B.2). */
function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
