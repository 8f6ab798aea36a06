import type { ServerResponse } from 'node:http';

/** What the page may load and do (threat T4): only what comes from our own address, no inline code, no frames. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "media-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Stand on every answer of the desk. `Strict-Transport-Security` is left to the proxy: it speaks for the whole host
 * with all its ports, and the desk is only one of them.
 */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('x-frame-options', 'DENY');
  // The microphone is for voice notes; the browser still asks the agent.
  response.setHeader('permissions-policy', 'camera=(), microphone=(self), geolocation=(), payment=(), usb=()');
}
