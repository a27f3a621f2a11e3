import { describe, expect, it } from 'vitest';
import {
  bindError,
  connectError,
  datagramError,
  resetError,
} from '../../../../src/engine/common/system-errors.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

describe('bindError', () => {
  it.each([
    ['EADDRINUSE', 'SLUICE_ERR_ADDRESS_IN_USE', '10.0.0.1:104 (TCP) is in use'],
    ['EADDRNOTAVAIL', 'SLUICE_ERR_ADDRESS_NOT_AVAILABLE', 'ip address add 10.0.0.1/32 dev'],
    ['EACCES', 'SLUICE_ERR_PERMISSION', 'CAP_NET_BIND_SERVICE or use a port offset'],
    ['EAFNOSUPPORT', 'SLUICE_ERR_LISTEN', 'address family'],
    ['EWHATEVER', 'SLUICE_ERR_LISTEN', 'connect EWHATEVER'],
  ])('makes of %s a %s that says what to do', (systemCode, code, part) => {
    const cause = systemError(systemCode);
    const error = bindError('TCP', '10.0.0.1', 104, cause);
    expect(error).toMatchObject({ code, side: 'local', cause });
    expect(error.message).toContain(part);
    expect(error.message).toContain('10.0.0.1:104');
  });

  it('writes IPv6 as it is used', () => {
    const error = bindError('UDP', 'fd00::1', 137, systemError('EADDRNOTAVAIL'));
    expect(error.message).toContain('[fd00::1]:137 (UDP)');
    expect(error.message).toContain('ip address add fd00::1/128 dev');
  });
});

describe('connectError', () => {
  it.each([
    ['ECONNREFUSED', 'SLUICE_ERR_CONNECT_REFUSED', 'server'],
    ['EHOSTUNREACH', 'SLUICE_ERR_CONNECT', 'server'],
    ['ETIMEDOUT', 'SLUICE_ERR_CONNECT', 'server'],
    ['ENOTFOUND', 'SLUICE_ERR_CONNECT', 'server'],
    ['EMFILE', 'SLUICE_ERR_CONNECT', 'local'],
    ['ENOBUFS', 'SLUICE_ERR_CONNECT', 'local'],
    ['EADDRNOTAVAIL', 'SLUICE_ERR_CONNECT', 'local'],
    ['EAGAIN', 'SLUICE_ERR_CONNECT', 'local'],
    ['ENOBUFS', 'SLUICE_ERR_CONNECT', 'local'],
  ])('makes of %s a retryable %s on the side of the %s', (systemCode, code, side) => {
    const cause = systemError(systemCode);
    const error = connectError('pacs1', 104, cause);
    expect(error).toMatchObject({ code, side, retryable: true, cause });
    expect(error.message).toMatch(new RegExp(`pacs1:104: .+\\(${systemCode}\\)$`));
  });
});

describe('resetError and datagramError', () => {
  it('names the far end and the reason', () => {
    const error = resetError('client', '10.0.0.9', 50_000, systemError('EPIPE'));
    expect(error).toMatchObject({ code: 'SLUICE_ERR_RESET', side: 'client', retryable: false });
    expect(error.message).toContain('10.0.0.9:50000');
    expect(error.message).toContain('no longer takes data');
  });

  it.each([
    ['ECONNREFUSED', 'SLUICE_ERR_CONNECT_REFUSED'],
    ['EMSGSIZE', 'SLUICE_ERR_LIMIT'],
    ['EPERM', 'SLUICE_ERR_CONNECT'],
  ])('makes of %s on a UDP port a %s', (systemCode, code) => {
    expect(datagramError('10.0.0.1', 137, systemError(systemCode)).code).toBe(code);
  });

  it('takes what is no system error at all', () => {
    for (const cause of ['text', undefined, null, 7, new TypeError('odd'), { code: 9 }]) {
      expect(connectError('h', 1, cause).code).toBe('SLUICE_ERR_CONNECT');
    }
  });
});
