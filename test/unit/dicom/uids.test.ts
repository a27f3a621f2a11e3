import { describe, expect, it } from 'vitest';
import { isStorageClass, sluiceImplementationClass, sopClass } from '../../../src/dicom/uids.ts';

describe('UIDs', () => {
  it('of storage classes are told from others', () => {
    expect(isStorageClass(sopClass.secondaryCaptureStorage)).toBe(true);
    expect(isStorageClass(sopClass.studyRootFind)).toBe(false);
    expect(isStorageClass(sopClass.verification)).toBe(false);
  });

  it('of Sluice itself is one by the rules of PS3.5 §9.1', () => {
    expect(sluiceImplementationClass).toMatch(/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*$/);
    expect(sluiceImplementationClass.length).toBeLessThanOrEqual(64);
  });
});
