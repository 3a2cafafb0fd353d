const MAX_CHARS = 300;

/** An error as one short line for a log: its code or name and message, never its stack or what a peer sent. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeError).join("; ").slice(0, MAX_CHARS);
  if (!(error instanceof Error)) return String(error).slice(0, MAX_CHARS);
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  const cause = error.cause === undefined ? "" : ` (${describeError(error.cause)})`;
  return `${code}${error.message}${cause}`.slice(0, MAX_CHARS);
}
