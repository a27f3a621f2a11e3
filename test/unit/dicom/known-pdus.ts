/** A C-ECHO byte for byte, as DCMTK and Orthanc take it: PS3.8 §9.3, PS3.7 §9.3.5. */

const spaces = (text: string): string => Buffer.from(text.padEnd(16)).toString('hex');

/** 28 characters. */
export const knownImplementationClass = '1.2.826.0.1.3680043.10.999.7';

/** A-ASSOCIATE-RQ of 206 bytes: called PACS, calling LB_CHECK, one context for Verification. */
export const associateRequestBytes = Buffer.from(
  [
    '0100 000000c8 0001 0000',
    spaces('PACS'),
    spaces('LB_CHECK'),
    '00'.repeat(32),
    '10000015 312e322e3834302e31303030382e332e312e312e31',
    '2000002e 01000000 30000011 312e322e3834302e31303030382e312e31',
    '40000011 312e322e3834302e31303030382e312e32',
    '50000035 51000004 00004000 5200001c',
    Buffer.from(knownImplementationClass).toString('hex'),
    '55000009 4c42434845434b5f31',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

/** C-ECHO-RQ, message 1, as one P-DATA-TF of 80 bytes. */
export const echoRequestBytes = Buffer.from(
  [
    '04 00 0000004a 00000046 01 03',
    '0000 0000 04000000 38000000',
    '0000 0200 12000000 312e322e3834302e31303030382e312e3100',
    '0000 0001 02000000 3000',
    '0000 1001 02000000 0100',
    '0000 0008 02000000 0101',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

export const releaseRequestBytes = Buffer.from('05000000000400000000', 'hex');

/** What DCMTK prints as "Rejected Transient, Presentation Related, Local Limit Exceeded". */
export const localLimitExceededBytes = Buffer.from('03000000000400020302', 'hex');
