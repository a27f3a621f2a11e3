import type { ServerResponse } from 'node:http';

/** Nothing but the page's own files and calls; no frame around it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const always = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cache-Control': 'no-store',
} as const;

/** One year, as browsers' lists ask for at least. */
const strictTransport = 'max-age=31536000';

/** What every answer says to browsers. */
export function setSecurityHeaders(response: ServerResponse, isStrictTransport: boolean): void {
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
  if (isStrictTransport) response.setHeader('Strict-Transport-Security', strictTransport);
}
