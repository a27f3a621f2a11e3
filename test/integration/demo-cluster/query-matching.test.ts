import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTo, matches, matchesWildcards } from '../../../examples/demo-cluster/query-matching.ts';
import { worklistOf } from '../../../examples/demo-cluster/worklist.ts';
import { attribute } from '../../../src/dicom/attributes.ts';
import { DataSet } from '../../../src/dicom/data-set.ts';

describe('matchesWildcards', () => {
  it.each([
    ['*', '', true],
    ['', '', true],
    ['?', '', false],
    ['A*', 'ABC', true],
    ['*C', 'ABC', true],
    ['A*C*E', 'ABCDE', true],
    ['A?C', 'ABC', true],
    ['A?C', 'AC', false],
    ['A*C', 'ABCD', false],
    ['ABC', 'ABC', true],
    ['a', 'A', false],
  ])('%s and "%s": %s', (pattern, text, expected) => {
    expect(matchesWildcards(pattern, text)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const letters = (...alphabet: string[]) =>
      fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 });
    fc.assert(
      fc.property(letters('a', 'b', '*', '?'), letters('a', 'b'), (pattern, text) => {
        const expression = `^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`;
        expect(matchesWildcards(pattern, text)).toBe(new RegExp(expression).test(text));
      }),
    );
  });

  it('is quick on patterns that make others slow', () => {
    expect(matchesWildcards('*a'.repeat(500) + 'b', 'a'.repeat(2000))).toBe(false);
  });
});

describe('a query', () => {
  const [record] = worklistOf('20260115');
  const byTime = (range: string): DataSet =>
    new DataSet().setItems(attribute.scheduledProcedureStepSequence, [
      new DataSet().setText(attribute.scheduledProcedureStepStartTime, range),
    ]);

  it('takes ranges of times, ends included', () => {
    expect(matches(byTime('0800-0830'), record!)).toBe(true);
    expect(matches(byTime('0831-'), record!)).toBe(false);
    expect(matches(byTime('-0829'), record!)).toBe(false);
  });

  it('takes a list of UIDs', () => {
    const uid = record!.text(attribute.studyInstanceUid)!;
    expect(matches(new DataSet().setText(attribute.studyInstanceUid, `1.2.3\\${uid}`), record!)).toBe(true);
    expect(matches(new DataSet().setText(attribute.studyInstanceUid, '1.2.3'), record!)).toBe(false);
  });

  it('is not narrowed by its character set', () => {
    expect(matches(new DataSet().setText(attribute.specificCharacterSet, 'ISO_IR 192'), record!)).toBe(true);
  });

  it('gets the attributes that it asked for, empty ones where there is no value', () => {
    const answer = answerTo(
      byTime('').setText(attribute.patientId, '').setText(attribute.seriesDescription, ''),
      record!,
    );
    expect(answer.elements().map(({ tag }) => tag)).toEqual([
      attribute.seriesDescription.tag,
      attribute.patientId.tag,
      attribute.scheduledProcedureStepSequence.tag,
    ]);
    expect(answer.text(attribute.seriesDescription)).toBe('');
    const [step] = answer.items(attribute.scheduledProcedureStepSequence);
    expect(step?.elements()).toHaveLength(1);
    expect(step?.text(attribute.scheduledProcedureStepStartTime)).toBe('083000');
  });

  it('with an empty sequence gets whole items', () => {
    const query = new DataSet().setItems(attribute.scheduledProcedureStepSequence, []);
    const [step] = answerTo(query, record!).items(attribute.scheduledProcedureStepSequence);
    expect(step?.text(attribute.modality)).toBe('CT');
  });
});
