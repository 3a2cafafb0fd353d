// URLs of nodes carry access tokens, and errors of HTTP clients carry URLs.
const URLS = /[a-z][a-z+]*:\/\/[^\s"'()]+/gi;
const MAX_LENGTH = 300;

/** A short text of any error that is fit for logs, queues and API answers. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  // Fields of ethers' errors; `error` is the answer of a node that ethers doesn't know.
  const { code, shortMessage, error: answer } = error as Error & Record<"code" | "shortMessage" | "error", unknown>;
  const answered = answer && typeof answer === "object" && "message" in answer ? answer.message : shortMessage;
  const message = typeof answered === "string" ? answered : error.message;
  const text = typeof code === "string" && !message.includes(code) ? `${code}: ${message}` : message;
  return text.replaceAll(URLS, "<url>").slice(0, MAX_LENGTH);
}
