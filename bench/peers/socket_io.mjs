/**
 * Socket.IO on Node as its documentation shows it: an event in, the same event to everyone. Nothing is stored.
 * `BENCH_NODE_MODULES` is the node_modules folder that holds `socket.io`.
 *
 * @module
 */

import { createServer } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(`${process.env.BENCH_NODE_MODULES}/bench.cjs`);
const { Server } = require("socket.io");

const http = createServer((_request, response) => response.end("socket.io\n"));
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => socket.on("m", (text) => io.emit("m", text)));
http.listen(Number(process.env.PORT), "127.0.0.1");
