import { expect, it } from 'vitest';
import { maskedPath } from '../../../src/records/masked-path.ts';

it.each([
  ['/', '/'],
  ['*', '*'],
  ['/portal/v2/main.js', '/portal/v2/main.js'],
  ['/dicom-web/studies/1.2.840.113619.2.55/series', '/dicom-web/studies/*/series'],
  ['/dcm4chee-arc/aets/CT_SCANNER/rs/studies', '/dcm4chee-arc/aets/*/rs/studies'],
  ['/modalities/MR1/store', '/modalities/*/store'],
  ['/Patients/jane', '/Patients/*'],
  ['/patients/', '/patients/'],
  ['/instances/6816cb19-844d5aee-85245eba-28e841e6-2414fae2/file', '/instances/*/file'],
  ['/by-name/DOE^JANE', '/by-name/*'],
  ['/by-name/DOE%5eJANE', '/by-name/*'],
  ['/born/1970-1-1', '/born/*'],
  ['/portal;jsessionid=abc/home', '/portal;*/home'],
])('%s is told as %s', (path, masked) => {
  expect(maskedPath(path)).toBe(masked);
});
