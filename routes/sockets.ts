import { Hono } from "hono";
import { EchoConsumer } from "../consumers/echo.ts";
import { MyConsumer } from "../consumers/my_consumer.ts";
import { RoomConsumer, type RoomConsumerParts } from "../consumers/room.ts";
import { SessionConsumer, type SessionParts } from "../consumers/session.ts";
import { type Env, websocket, type WebsocketParts } from "./websocket.ts";

/** Which path which consumer is at: `routing.py` of the seeds. */
export function sockets(parts: WebsocketParts & RoomConsumerParts & SessionParts): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/ws", websocket(() => new SessionConsumer(parts), parts));
  app.get("/ws/chat/", websocket(() => new EchoConsumer(), parts));
  app.get("/ws/chat/:room", websocket(() => new RoomConsumer(parts), parts));
  app.get("/ws/chat/:room/", websocket(() => new RoomConsumer(parts), parts));
  app.get("/ws/my_consumer/", websocket(() => new MyConsumer(), parts));
  return app;
}
