import { createServer, type Socket } from 'node:net';
import { PduReader } from '../../src/dicom/pdu-reader.ts';
import { DicomProblem } from '../../src/dicom/problem.ts';
import { DicomAssociation } from './dicom-association.ts';
import type { AcceptorIdentity } from './dicom-negotiation.ts';
import type { DicomStores } from './dicom-operation.ts';
import { TcpService } from './tcp-service.ts';

/** How long a connection may be silent: before its association, within it, and after its end. */
const requestTimeoutMs = 30_000;
const idleTimeoutMs = 10 * 60_000;
const closeTimeoutMs = 5_000;

/** A DICOM SCP on one port: C-ECHO, C-STORE, and C-FIND for worklists and studies. */
export class DicomAcceptor extends TcpService {
  constructor(identity: AcceptorIdentity, stores: DicomStores) {
    super(createServer((socket) => serve(socket, identity, stores)));
  }
}

function serve(socket: Socket, identity: AcceptorIdentity, stores: DicomStores): void {
  const reader = new PduReader();
  const association = new DicomAssociation(identity, stores, {
    send(bytes) {
      // Who asks faster than it reads the answers waits.
      if (!socket.write(bytes)) socket.pause();
    },
    end() {
      socket.setTimeout(closeTimeoutMs);
      socket.end();
    },
  });
  socket.setTimeout(requestTimeoutMs);
  socket.on('timeout', () => socket.destroy());
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk: Buffer) => {
    if (association.isClosed) return;
    socket.setTimeout(idleTimeoutMs);
    reader.push(chunk);
    for (let pdu = reader.next(); pdu !== undefined; pdu = reader.next()) {
      if (pdu instanceof DicomProblem) {
        association.abort(pdu);
        return;
      }
      association.receive(pdu);
    }
  });
}
