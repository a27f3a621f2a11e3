import { describe, expect, it } from 'vitest';
import {
  commandField,
  decodeCommandSet,
  encodeCommandSet,
  hasDataSet,
} from '../../../src/dicom/command-set.ts';
import { echoRequest, findRequest, responseTo, storeRequest } from '../../../src/dicom/dimse.ts';
import { decodePData, encodePData } from '../../../src/dicom/p-data.ts';
import { DicomProblem } from '../../../src/dicom/problem.ts';
import { sopClass } from '../../../src/dicom/uids.ts';
import { echoRequestBytes } from './known-pdus.ts';

describe('a command set', () => {
  it('of a C-ECHO-RQ is written byte for byte', () => {
    const command = encodeCommandSet(echoRequest(1));
    expect(encodePData(1, 'command', command, 16384)).toEqual(echoRequestBytes);
  });

  it('of a C-ECHO-RQ is read', () => {
    const values = decodePData(echoRequestBytes.subarray(6));
    if (values instanceof DicomProblem) throw new Error(values.reason);
    expect(values).toMatchObject([{ contextId: 1, isCommand: true, isLast: true }]);
    const command = decodeCommandSet(values[0]!.data);
    expect(command).toEqual({
      affectedSopClass: sopClass.verification,
      field: commandField.echoRequest,
      messageId: 1,
      dataSetType: 0x0101,
    });
  });

  it('of a C-ECHO-RSP has the status that checks look for', () => {
    const bytes = encodeCommandSet(responseTo(echoRequest(7), 0)).toString('hex');
    expect(bytes).toContain('00000001' + '02000000' + '3080');
    expect(bytes).toContain('00002001' + '02000000' + '0700');
    expect(bytes).toContain('00000009' + '02000000' + '0000');
  });

  it.each([
    ['C-STORE', storeRequest(2, sopClass.secondaryCaptureStorage, '1.2.3')],
    ['C-FIND', findRequest(3, sopClass.modalityWorklistFind)],
    ['C-FIND pending', responseTo(findRequest(4, sopClass.studyRootFind), 0xff00, { withDataSet: true })],
    ['an error', { ...responseTo(echoRequest(5), 0x0211), errorComment: 'not here', moveDestination: 'WS1' }],
  ])('of %s is read back', (_name, command) => {
    const decoded = decodeCommandSet(encodeCommandSet(command));
    expect(decoded).toEqual(command);
    expect(hasDataSet(command)).toBe(command.dataSetType !== 0x0101);
  });

  it('skips elements that are not known', () => {
    const extra = Buffer.from('0000 2010 02000000 0500'.replaceAll(' ', ''), 'hex');
    const decoded = decodeCommandSet(Buffer.concat([encodeCommandSet(echoRequest(1)), extra]));
    expect(decoded).toEqual(echoRequest(1));
  });

  it.each([
    ['nothing', '', 'invalid'],
    ['half a header', '00000001', 'truncated'],
    ['a value longer than the set', '00000001 02000000 30', 'truncated'],
    ['a length of 4 GiB', '00000001 ffffffff 3000', 'truncated'],
    ['an element of another group', '08000500 02000000 4353', 'invalid'],
    ['a number of four bytes', '00000001 04000000 30000000', 'invalid'],
    ['no command field', '00000008 02000000 0101', 'invalid'],
  ])('of %s is a problem', (_name, hex, code) => {
    expect(decodeCommandSet(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toMatchObject({ code });
  });
});
