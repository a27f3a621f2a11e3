/** One attribute of a data set: `tag` is group × 65536 + element; `vr` is its value representation. */
export interface Attribute {
  readonly tag: number;
  readonly vr: string;
}

/**
 * The attributes that worklists and study queries ask for (PS3.6). Implicit VR names no representation; there, this
 * list also tells a sequence from a value.
 */
export const attribute = {
  specificCharacterSet: { tag: 0x0008_0005, vr: 'CS' },
  sopClassUid: { tag: 0x0008_0016, vr: 'UI' },
  sopInstanceUid: { tag: 0x0008_0018, vr: 'UI' },
  studyDate: { tag: 0x0008_0020, vr: 'DA' },
  studyTime: { tag: 0x0008_0030, vr: 'TM' },
  accessionNumber: { tag: 0x0008_0050, vr: 'SH' },
  queryRetrieveLevel: { tag: 0x0008_0052, vr: 'CS' },
  modality: { tag: 0x0008_0060, vr: 'CS' },
  modalitiesInStudy: { tag: 0x0008_0061, vr: 'CS' },
  referringPhysicianName: { tag: 0x0008_0090, vr: 'PN' },
  studyDescription: { tag: 0x0008_1030, vr: 'LO' },
  seriesDescription: { tag: 0x0008_103e, vr: 'LO' },
  referencedStudySequence: { tag: 0x0008_1110, vr: 'SQ' },
  referencedPatientSequence: { tag: 0x0008_1120, vr: 'SQ' },
  patientName: { tag: 0x0010_0010, vr: 'PN' },
  patientId: { tag: 0x0010_0020, vr: 'LO' },
  patientBirthDate: { tag: 0x0010_0030, vr: 'DA' },
  patientSex: { tag: 0x0010_0040, vr: 'CS' },
  studyInstanceUid: { tag: 0x0020_000d, vr: 'UI' },
  seriesInstanceUid: { tag: 0x0020_000e, vr: 'UI' },
  studyId: { tag: 0x0020_0010, vr: 'SH' },
  seriesNumber: { tag: 0x0020_0011, vr: 'IS' },
  instanceNumber: { tag: 0x0020_0013, vr: 'IS' },
  requestingPhysician: { tag: 0x0032_1032, vr: 'PN' },
  requestedProcedureDescription: { tag: 0x0032_1060, vr: 'LO' },
  requestedProcedureCodeSequence: { tag: 0x0032_1064, vr: 'SQ' },
  scheduledStationAeTitle: { tag: 0x0040_0001, vr: 'AE' },
  scheduledProcedureStepStartDate: { tag: 0x0040_0002, vr: 'DA' },
  scheduledProcedureStepStartTime: { tag: 0x0040_0003, vr: 'TM' },
  scheduledPerformingPhysicianName: { tag: 0x0040_0006, vr: 'PN' },
  scheduledProcedureStepDescription: { tag: 0x0040_0007, vr: 'LO' },
  scheduledProtocolCodeSequence: { tag: 0x0040_0008, vr: 'SQ' },
  scheduledProcedureStepId: { tag: 0x0040_0009, vr: 'SH' },
  scheduledProcedureStepSequence: { tag: 0x0040_0100, vr: 'SQ' },
  requestedProcedureId: { tag: 0x0040_1001, vr: 'SH' },
} as const satisfies Record<string, Attribute>;

const byTag = new Map<number, string>(Object.values(attribute).map(({ tag, vr }) => [tag, vr]));

/** The representation of a known attribute; `UN` for others. */
export function representationOf(tag: number): string {
  return byTag.get(tag) ?? 'UN';
}
