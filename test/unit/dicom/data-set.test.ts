import { describe, expect, it } from 'vitest';
import { attribute } from '../../../src/dicom/attributes.ts';
import { DataSet } from '../../../src/dicom/data-set.ts';
import { decodeDataSet } from '../../../src/dicom/data-set-decoder.ts';
import { encodeDataSet } from '../../../src/dicom/data-set-encoder.ts';
import { encodingOf, type DataSetEncoding } from '../../../src/dicom/data-set-encoding.ts';

function decoded(hex: string, encoding: DataSetEncoding): DataSet {
  const dataSet = decodeDataSet(Buffer.from(hex.replaceAll(' ', ''), 'hex'), encoding);
  if (!(dataSet instanceof DataSet)) throw new Error(dataSet.reason);
  return dataSet;
}

describe('a data set', () => {
  const worklistQuery = (): DataSet => {
    const step = new DataSet()
      .setText(attribute.modality, 'CT')
      .setText(attribute.scheduledStationAeTitle, '');
    return new DataSet()
      .setText(attribute.patientName, 'DOE^J*')
      .setItems(attribute.scheduledProcedureStepSequence, [step]);
  };

  it('is written without representations', () => {
    // prettier-ignore
    expect(encodeDataSet(worklistQuery(), 'implicit').toString('hex')).toBe(
      '10001000' + '06000000' + '444f455e4a2a' +
        '40000001' + '1a000000' + 'feff00e0' + '12000000' +
        '08006000' + '02000000' + '4354' + '40000100' + '00000000',
    );
  });

  it('is written with representations', () => {
    // prettier-ignore
    expect(encodeDataSet(worklistQuery(), 'explicit').toString('hex')).toBe(
      '10001000' + '504e0600' + '444f455e4a2a' +
        '40000001' + '53510000' + '1a000000' + 'feff00e0' + '12000000' +
        '08006000' + '43530200' + '4354' + '40000100' + '41450000',
    );
  });

  it('reads items that end with delimiters, as DCMTK sends them', () => {
    const dataSet = decoded(
      '40000001 5351 0000 ffffffff feff00e0 ffffffff 08006000 4353 0200 4d52 feff0de0 00000000 feffdde0 00000000 40000110 5348 0200 5231',
      'explicit',
    );
    expect(
      dataSet.items(attribute.scheduledProcedureStepSequence).map((step) => step.text(attribute.modality)),
    ).toEqual(['MR']);
    expect(dataSet.text(attribute.requestedProcedureId)).toBe('R1');
  });

  it('knows a sequence without representation by its tag, or by its undefined length', () => {
    const item = 'feff00e0 0a000000 08006000 02000000 4354';
    const byTag = decoded(`40000001 12000000 ${item}`, 'implicit');
    expect(byTag.items(attribute.scheduledProcedureStepSequence)).toHaveLength(1);
    const byLength = decoded(`09001000 ffffffff ${item} feffdde0 00000000`, 'implicit');
    expect(byLength.items({ tag: 0x0009_0010 })).toHaveLength(1);
  });

  it('keeps elements that it does not know', () => {
    const dataSet = decoded('09001000 04000000 41424344', 'implicit');
    expect(dataSet.elements()).toMatchObject([{ tag: 0x0009_0010, vr: 'UN', value: Buffer.from('ABCD') }]);
  });

  it('loses padding in text', () => {
    const dataSet = new DataSet()
      .setText(attribute.studyInstanceUid, '1.2.3')
      .setText(attribute.patientId, 'ID1');
    expect(dataSet.get(attribute.studyInstanceUid)?.value).toEqual(Buffer.from('1.2.3\0'));
    expect(dataSet.text(attribute.studyInstanceUid)).toBe('1.2.3');
    expect(dataSet.text(attribute.patientId)).toBe('ID1');
    expect(dataSet.text(attribute.modality)).toBeUndefined();
    expect(dataSet.items(attribute.scheduledProcedureStepSequence)).toEqual([]);
  });

  it('is read up to a tag, whatever comes after', () => {
    const bytes = Buffer.from('0800600043530200' + '4354' + 'e07f10004f570000ffffffff', 'hex');
    const head = decodeDataSet(bytes, 'explicit', { beforeTag: 0x7fe0_0000 });
    expect(head instanceof DataSet && head.text(attribute.modality)).toBe('CT');
    expect(decodeDataSet(bytes, 'explicit')).toMatchObject({ code: 'truncated' });
  });

  it.each<[string, DataSetEncoding, string, string]>([
    ['half a header', 'implicit', '08006000', 'truncated'],
    ['a value longer than the set', 'implicit', '08006000 04000000 4354', 'truncated'],
    ['a value of 4 GiB', 'explicit', '09001000 4f42 0000 feffffff', 'truncated'],
    ['half a long header', 'explicit', '09001000 4f42 0000', 'truncated'],
    ['no representation', 'explicit', '08006000 02000000 4354', 'invalid'],
    ['a sequence without items', 'explicit', '40000001 5351 0000 08000000 08006000 00000000', 'invalid'],
    ['an item without an end', 'implicit', '40000001 ffffffff feff00e0 ffffffff', 'truncated'],
    ['a sequence without an end', 'implicit', '40000001 ffffffff', 'truncated'],
    ['an item longer than its sequence', 'implicit', '40000001 08000000 feff00e0 09000000', 'truncated'],
    ['a delimiter out of place', 'implicit', 'feff0de0 00000000', 'invalid'],
  ])('with %s is a problem', (_name, encoding, hex, code) => {
    expect(decodeDataSet(Buffer.from(hex.replaceAll(' ', ''), 'hex'), encoding)).toMatchObject({ code });
  });

  it('with sequences in sequences without end is refused, not followed', () => {
    const level = '40000001ffffffff' + 'feff00e0ffffffff';
    expect(decodeDataSet(Buffer.from(level.repeat(10_000), 'hex'), 'implicit')).toMatchObject({
      code: 'too-long',
    });
  });
});

describe('encodingOf', () => {
  it.each([
    ['1.2.840.10008.1.2', 'implicit'],
    ['1.2.840.10008.1.2.1', 'explicit'],
    ['1.2.840.10008.1.2.4.50', 'explicit'],
    ['1.2.840.10008.1.2.2', undefined],
    ['1.2.840.10008.1.2.1.99', undefined],
    ['1.2.3', undefined],
  ])('%s is %s', (uid, encoding) => {
    expect(encodingOf(uid)).toBe(encoding);
  });
});
