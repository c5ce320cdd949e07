import { assert, assertEquals, assertGreater } from "@std/assert";
import { until } from "../layers/until.ts";
import { Visitor } from "../testing/listening.ts";
import { PLACES, WAYS } from "./throwing_places.ts";

/** A child that serves consumers which throw. */
async function startServer() {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net=127.0.0.1", new URL("throwing_server.ts", import.meta.url).pathname],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The server ended at once: ${await new Response(child.stderr).text()}`);
    said += value;
  }
  const errors = new Response(child.stderr).text();
  return {
    port: parseInt(said),
    async get(path: string) {
      const response = await fetch(`http://127.0.0.1:${parseInt(said)}${path}`);
      return await response.json();
    },
    /** Ends it; returns how it had ended before, if it had, and what it said. */
    async end() {
      let hadEnded = true;
      try {
        child.kill("SIGKILL");
        hadEnded = false;
      } catch { /* It had ended by itself. */ }
      const { signal } = await child.status;
      await reader.cancel();
      return { hadEnded: hadEnded || signal !== "SIGKILL", errors: await errors };
    },
  };
}

/** What a client of a consumer that throws somewhere must see. */
function expectedCode(place: (typeof PLACES)[number]): number {
  if (place === "construct" || place === "connect before accept") return 0; // There was no connection.
  return place === "disconnect" ? 1000 : 1011;
}

Deno.test("a consumer that throws, wherever and however, never ends a real process, and nobody else notices", async () => {
  const server = await startServer();
  try {
    const witness = new Visitor(server.port, "/echo");
    await witness.opened;
    let reports = 0;
    for (const place of PLACES) {
      const visitors = WAYS.map((way) => new Visitor(server.port, `/throw/${encodeURIComponent(place)}/${way}`));
      for (const { socket, opened } of visitors) {
        opened.then(() => {
          if (place === "disconnect") socket.close(1000);
          // Not where the server closes by itself: Deno loses a close frame that meets one of the client's.
          if (["receive", "frame", "encode", "close"].includes(place)) socket.send("1");
        }, () => {});
      }
      if (place === "handler") {
        await Promise.all(visitors.map(({ opened }) => opened));
        await server.get("/publish/everyone");
      }
      for (const [i, { closed }] of visitors.entries()) {
        const { code } = await closed;
        assertEquals(code === 1006 ? 0 : code, expectedCode(place), `${place}, ${WAYS[i]}`);
      }
      witness.socket.send(JSON.stringify(place));
      await until(() => witness.received.includes(JSON.stringify(place)), `the witness after ${place}`);
      // A throw in `disconnect` has no client to tell it to.
      await until(async () => await server.get("/reports") >= reports + WAYS.length, `that ${place} was reported`);
      reports = await server.get("/reports");
    }
    assertGreater(reports, PLACES.length * WAYS.length - 1);
    await witness.leave();
  } finally {
    const { hadEnded, errors } = await server.end();
    assert(!hadEnded, errors);
    assertEquals(errors.replace(/^Download.*\n/gm, ""), "");
  }
});
