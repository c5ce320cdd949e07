import { assert, assertEquals } from "@std/assert";
import { isReserved } from "../../auth/names.ts";
import { parsePersonName } from "../../protocol/names.ts";
import { assertRefused, BY, createSetting } from "./setting.ts";

Deno.test("names of the service, and of everyone at once, are nobody's, however they are written", () => {
  for (
    const name of [
      "room",
      "Room",
      "@room",
      "r-o-o-m",
      "ROOM!",
      "rооm",
      "ｒｏｏｍ",
      "r00m",
      "admin",
      "аdmin",
      "Adm1n",
      "maru",
      "MARU",
      "system",
    ]
  ) {
    assert(isReserved(parsePersonName(name)), name);
  }
  for (const name of ["everyone", "here", "관리자", "관 리 자", "운영자", "operator", "@@here@@"]) {
    assert(isReserved(parsePersonName(name)), name);
  }
  for (const name of ["민지", "mushroom", "roommate", "administrate", "Maruko", "herea", "!", "😀", "關理者"]) {
    assert(!isReserved(parsePersonName(name)), name);
  }
});

Deno.test("a reserved name is name_taken: for guests, for bots, and for who is called otherwise", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  await assertRefused(auth.sessions.create("admin"), "name_taken");
  await assertRefused(auth.bots.create(BY, "@room"), "name_taken");
  const { caller } = await auth.sessions.create("민지");
  await assertRefused(auth.people.rename(caller, "everyone"), "name_taken");
  assertEquals((await auth.people.find(caller.user.id))?.user.name, "민지");
});

Deno.test("[B16] [B18] a name that hides something is bad_name, whoever wants it", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { caller } = await auth.sessions.create("민지");
  for (const name of ["a\u202eb", "a\u200bb", "a\nb", "a\x1b[31m", "", " ", "\u3164", "x".repeat(33)]) {
    const messages = [
      await assertRefused(() => Promise.resolve().then(() => auth.sessions.create(name)), "bad_name"),
      await assertRefused(() => Promise.resolve().then(() => auth.people.rename(caller, name)), "bad_name"),
      await assertRefused(auth.bots.create(BY, name), "bad_name"),
    ];
    for (const message of messages) assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(message), "one log line stays one line");
  }
});

Deno.test("a host site and the service say how their own are called", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { caller } = await auth.sessions.create("민지");
  for (const kind of ["signed", "operator"] as const) {
    await assertRefused(
      () => Promise.resolve().then(() => auth.people.rename({ ...caller, kind }, "지훈")),
      "forbidden",
    );
  }
  assertEquals(await auth.people.find("operator"), { user: { id: "operator", name: "operator" }, kind: "operator" });
  assertEquals(await auth.people.find("g_nobody"), undefined);
});
