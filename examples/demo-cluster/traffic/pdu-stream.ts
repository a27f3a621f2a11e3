import type { Socket } from 'node:net';
import { decodeAbort, decodeAssociateReject, pduType, type Pdu } from '../../../src/dicom/pdu.ts';
import { PduReader } from '../../../src/dicom/pdu-reader.ts';
import { DicomProblem } from '../../../src/dicom/problem.ts';

/** The PDUs that come over a connection; each is valid until the next one is taken. */
export async function* pdusOf(socket: Socket): AsyncGenerator<Pdu, void> {
  const reader = new PduReader();
  for await (const chunk of socket) {
    reader.push(chunk as Buffer);
    for (let pdu = reader.next(); pdu !== undefined; pdu = reader.next()) {
      if (pdu instanceof DicomProblem) throw new Error(pdu.reason);
      yield pdu;
    }
  }
}

/** The body of the next PDU, which must be of that type; a rejection or an abort is an Error that says why. */
export async function nextBody(pdus: AsyncGenerator<Pdu, void>, type: number): Promise<Buffer> {
  const { value: pdu } = await pdus.next();
  if (pdu === undefined) throw new Error('the server closed the connection before it answered');
  if (pdu.type === type) return pdu.body;
  throw new Error(describeUnexpected(pdu));
}

function describeUnexpected({ type, body }: Pdu): string {
  if (type === pduType.associateReject) {
    const rejection = decodeAssociateReject(body);
    if (rejection instanceof DicomProblem) return rejection.reason;
    const { result, source, reason } = rejection;
    return `the association was rejected (result ${result}, source ${source}, reason ${reason})`;
  }
  if (type === pduType.abort) {
    const abort = decodeAbort(body);
    if (abort instanceof DicomProblem) return abort.reason;
    return `the association was aborted (source ${abort.source}, reason ${abort.reason})`;
  }
  return `a PDU of type ${type} out of turn`;
}
