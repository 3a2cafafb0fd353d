import type { FastifyError } from "fastify";
import { CeremonyError } from "../../ceremony/errors.ts";
import { MailboxError } from "../mailbox/mailbox.ts";

export interface ApiError {
  status: number;
  code: string;
  message: string;
}

const CEREMONY_STATUS: Record<string, number> = { bad_signature: 401, unknown_attempt: 409 };
const MAILBOX_STATUS = { request_not_found: 404, request_closed: 409, rate_limited: 429 };

/** The answer to a failed request. What is not the caller's fault is not told in detail. */
export function toApiError(error: FastifyError | Error): ApiError {
  const { message } = error;
  if (error instanceof MailboxError) return { status: MAILBOX_STATUS[error.code], code: error.code, message };
  if (error instanceof CeremonyError) {
    return { status: CEREMONY_STATUS[error.code] ?? 400, code: error.code, message };
  }
  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status === 413) return { status, code: "body_too_large", message: "the body is too large" };
  if (status === 415) return { status, code: "unsupported_media_type", message: "the body must be application/json" };
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, code: "bad_request", message: "the request is malformed" };
  }
  return { status: 503, code: "unavailable", message: "the coordinator can't answer now; try again" };
}
