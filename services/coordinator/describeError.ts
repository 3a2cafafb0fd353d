// URLs of nodes carry access tokens, and errors of HTTP clients carry URLs.
const URLS = /[a-z][a-z+]*:\/\/[^\s"'()]+/gi;
const MAX_LENGTH = 300;

/** A short text of any error that is fit for logs, queues and API answers. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { code, shortMessage } = error as Error & { code?: unknown; shortMessage?: unknown };
  const message = typeof shortMessage === "string" ? shortMessage : error.message;
  const text = typeof code === "string" && !message.includes(code) ? `${code}: ${message}` : message;
  return text.replaceAll(URLS, "<url>").slice(0, MAX_LENGTH);
}
