export type RedisErrorCode = "UNREACHABLE" | "NOT_INSTALLED" | "START_FAILED" | "DATA_DIR_IN_USE";

export class RedisError extends Error {
  override readonly name = "RedisError";
  readonly code: RedisErrorCode;

  constructor(code: RedisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
