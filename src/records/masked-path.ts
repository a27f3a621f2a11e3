/** Segments of a path behind which a name stands: of an application entity, or of a patient. */
const beforeNames: ReadonlySet<string> = new Set(['aet', 'aets', 'modalities', 'patients']);

/**
 * What numbers a study or a person (a UID, an accession number, a patient's id, a date of birth, a hash) has four digits
 * or more, and a name in DICOM has a caret between its parts.
 */
const isTelling = /(?:\d\D*){4}|\^|%5e/iu;

/** What most paths have nothing of. */
const mayTell = /[\d^%;]|aet|modalities|patients/iu;

/**
 * The path of a request without what may name a patient, a study or a modality: `*` stands for such a segment. Parameters
 * of a segment (`;jsessionid=…`) go as well.
 */
export function maskedPath(path: string): string {
  if (!mayTell.test(path)) return path;
  let isName = false;
  return path
    .split('/')
    .map((segment) => {
      const isHidden = isTelling.test(segment) || (isName && segment !== '');
      isName = beforeNames.has(segment.toLowerCase());
      return isHidden ? '*' : segment.replace(/;.*$/u, ';*');
    })
    .join('/');
}
