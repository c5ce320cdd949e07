/**
 * The bare broadcast: a text frame in, the same text to everyone. Nothing is stored, ordered, acknowledged or bounded.
 * It is the floor that Maru is compared with.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 --allow-env=PORT bench/peers/bare.ts
 * ```
 *
 * @module
 */

const sockets = new Set<WebSocket>();

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")) }, (request) => {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return new Response("bare broadcast\n");
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onopen = () => sockets.add(socket);
  socket.onclose = () => sockets.delete(socket);
  socket.onmessage = ({ data }) => {
    for (const each of sockets) if (each.readyState === WebSocket.OPEN) each.send(data);
  };
  return response;
});
