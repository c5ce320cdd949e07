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

Deno.test("a page that becomes visible or goes on after it was frozen is told of, one that stays hidden is not", () => {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  Object.defineProperty(globalThis, "document", { configurable: true, value: document });
  try {
    const heard: string[] = [];
    const stop = listenForWakes((why) => heard.push(why));
    for (const type of ["visibilitychange", "resume"]) document.dispatchEvent(new Event(type));
    assertEquals(heard, ["visible", "visible"]);
    document.visibilityState = "hidden";
    for (const type of ["visibilitychange", "resume"]) document.dispatchEvent(new Event(type));
    stop();
    document.visibilityState = "visible";
    for (const type of ["visibilitychange", "resume"]) document.dispatchEvent(new Event(type));
    assertEquals(heard, ["visible", "visible"]);
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
});
