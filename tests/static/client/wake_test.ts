import { assertEquals } from "@std/assert";
import { hasNetwork, listenForWakes } from "../../../static/client/wake.js";

Deno.test("the network's coming and going is told until one stops listening", () => {
  const heard: string[] = [];
  const stop = listenForWakes((why) => heard.push(why));
  for (const type of ["offline", "online", "pageshow"]) dispatchEvent(new Event(type));
  stop();
  for (const type of ["offline", "online", "pageshow"]) dispatchEvent(new Event(type));
  assertEquals(heard, ["offline", "online", "visible"]);
});

Deno.test("where nobody knows of a network there may be one", () => {
  assertEquals(hasNetwork(), true);
});
