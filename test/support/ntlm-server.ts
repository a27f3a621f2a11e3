import type { RawConnection } from './http-harness.ts';

const hello = 'NTLM TYPE1';

/** How one connection stands with {@link ntlmAnswers}. */
interface Login {
  challenge: number;
  user: string | undefined;
}

/** The header line by which a client begins to log in. */
export const helloLine = `Authorization: ${hello}`;

/** The header line by which a client answers a challenge that it got with a response. */
export function replyLine(response: string, user: string): string {
  const challenge = /WWW-Authenticate: NTLM (\d+)/.exec(response)?.[1] ?? 'none';
  return `Authorization: NTLM TYPE3-${challenge}-${user}`;
}

/**
 * Answers as a server does that logs in connections, IIS for one: a challenge is good for the connection that it was
 * sent on, and so is the login. Who is logged in gets `name as user`, everybody else 401.
 */
export function ntlmAnswers(name: string): (connection: RawConnection, piece: string) => void {
  const logins = new WeakMap<RawConnection, Login>();
  let lastChallenge = 0;
  return (connection, piece) => {
    const login = logins.get(connection) ?? { challenge: 0, user: undefined };
    logins.set(connection, login);
    const credentials = /\r\nAuthorization: (.*)\r\n/.exec(piece)?.[1];
    if (credentials === hello) {
      login.challenge = ++lastChallenge;
      login.user = undefined;
      connection.socket.write(refusal(`NTLM ${login.challenge}`));
      return;
    }
    const [, challenge, user] = /^NTLM TYPE3-(\d+)-(.*)$/.exec(credentials ?? '') ?? [];
    if (Number(challenge) === login.challenge) login.user = user;
    if (login.user === undefined) connection.socket.write(refusal('NTLM'));
    else connection.socket.write(greeting(`${name} as ${login.user}`));
  };
}

function refusal(challenge: string): string {
  return (
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n' +
    `WWW-Authenticate: ${challenge}\r\nContent-Length: 2\r\n\r\nno`
  );
}

function greeting(text: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}
