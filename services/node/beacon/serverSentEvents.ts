const MAX_EVENT_CHARS = 64 * 1024;

export interface ServerSentEvent {
  event: string;
  data: string;
}

/**
 * Events of a `text/event-stream` (WHATWG HTML, 9.2.6). Rejects when an event grows over 64 KiB: a beacon node that never
 * ends its event must not fill our memory. The client of `@lodestar/api` throws outside its caller's reach when an
 * event isn't JSON, which would end the process.
 */
export async function* readServerSentEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let pending = "";
  let event = "message";
  let data: string[] = [];
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    pending += chunk;
    const lines = pending.split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { event, data: data.join("\n") };
        event = "message";
        data = [];
      } else if (line.startsWith("event:")) {
        event = line.slice(6).trim();
      } else if (line.startsWith("data:")) {
        data.push(line.slice(5).replace(/^ /, ""));
      }
    }
    const size = pending.length + data.reduce((sum, line) => sum + line.length, 0);
    if (size > MAX_EVENT_CHARS) throw new RangeError("server-sent event is too large");
  }
}
