// URLs of nodes carry access tokens, and errors of HTTP clients carry URLs.
const URLS = /[a-z][a-z+]*:\/\/[^\s"'()]+/gi;
const MAX_CHARS = 300;

/** An error as one short line for logs, queues and API answers: its code, message and cause; no stack, no URL. */
export function describeError(error: unknown): string {
  return describe(error).replaceAll(URLS, "<url>").slice(0, MAX_CHARS);
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join("; ");
  if (!(error instanceof Error)) return String(error);
  // Fields of ethers' errors; `error` is the answer of a node that ethers doesn't know.
  const { code, shortMessage, error: answer } = error as Error & Record<"code" | "shortMessage" | "error", unknown>;
  const answered = answer && typeof answer === "object" && "message" in answer ? answer.message : shortMessage;
  const message = typeof answered === "string" ? answered : error.message;
  const text = typeof code === "string" && !message.includes(code) ? `${code}: ${message}` : message;
  return error.cause === undefined ? text : `${text} (${describe(error.cause)})`;
}
