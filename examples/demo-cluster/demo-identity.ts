/**
 * By this implementation class a client knows a demo server, whose implementation version name is then the
 * server's own name. A UUID below `2.25`, which needs no registration.
 */
export const demoImplementationClass = '2.25.301183477160224319605934127741865203';
