import { ChatError, quote } from "../protocol/errors.ts";
import { MAX_FRAME_BYTES, parseJson } from "../protocol/frames.ts";

/**
 * Reads a body as a JSON object, whatever its `Content-Type` says: `curl -d` calls it a form and `fetch` plain text. That any page may
 * send those without asking does no harm: a cookie counts only from an allowed origin (`auth/authenticator.ts`). One of no bytes is `{}`.
 *
 * @param request A request that was not read yet.
 * @param maxBytes How long it may be. Default: as a frame, 65,536.
 * @throws {ChatError} `bad_request`: not UTF-8, not JSON, not an object, ended early. `too_long`.
 */
export async function readJsonObject(request: Request, maxBytes: number = MAX_FRAME_BYTES): Promise<object> {
  const text = await readBody(request, maxBytes);
  if (text === "") return {};
  const value = parseJson(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ChatError("bad_request", `Cannot read the body: it is no JSON object: ${quote(text)}`);
}

/**
 * Reads a body as text, up to the limit and no further.
 *
 * @param request A request that was not read yet.
 * @param maxBytes How long it may be. Default: as a frame, 65,536.
 * @throws {ChatError} `bad_request`: not UTF-8, ended early. `too_long`.
 */
export async function readBody(request: Request, maxBytes: number = MAX_FRAME_BYTES): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    // To leave this loop cancels the body: nobody waits for the rest of it. (Hono's bodyLimit does not, and leaks it.)
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new ChatError("too_long", `Cannot take a body over ${maxBytes} bytes: it is longer`);
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof ChatError
      ? cause
      : new ChatError("bad_request", "Cannot read the body: it ended early", { cause });
  }
  return decodeBody(await new Blob(chunks).arrayBuffer());
}

function decodeBody(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ChatError("bad_request", "Cannot read the body: it is not UTF-8", { cause });
  }
}
