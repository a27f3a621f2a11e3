/** The DICOM application context name (PS3.7 annex A). */
export const dicomApplicationContext = '1.2.840.10008.3.1.1.1';

/** Transfer syntaxes (PS3.5 annex A). */
export const transferSyntax = {
  implicitVrLittleEndian: '1.2.840.10008.1.2',
  explicitVrLittleEndian: '1.2.840.10008.1.2.1',
} as const;

/** Service classes (PS3.4). */
export const sopClass = {
  verification: '1.2.840.10008.1.1',
  secondaryCaptureStorage: '1.2.840.10008.5.1.4.1.1.7',
  studyRootFind: '1.2.840.10008.5.1.4.1.2.2.1',
  modalityWorklistFind: '1.2.840.10008.5.1.4.31',
} as const;

/** Composite storage classes share this root (PS3.4 annex B); what follows it names the kind of image. */
const storageRoot = '1.2.840.10008.5.1.4.1.1.';

/** True for a class of images or documents that C-STORE carries. */
export function isStorageClass(uid: string): boolean {
  return uid.startsWith(storageRoot);
}

/** How Sluice names itself in associations that it opens: a UUID below `2.25`, which needs no registration. */
export const sluiceImplementationClass = '2.25.142388566116060612679499300009666525670';
