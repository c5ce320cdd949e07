import { testContract } from "./contract.ts";
import { openKvInMemory, openKvOnFile } from "./settings.ts";

testContract("kv in memory", { open: openKvInMemory, isLocal: true, groupsCommits: true });

testContract("kv on a file", { open: openKvOnFile, isLocal: true, groupsCommits: true });

// What else is in a commit, and who has to read the log instead of the memory, is then another question.
testContract("kv with everything as small as it gets", {
  open: () => openKvInMemory({ maxChecks: 10, maxTailLength: 300, pollMs: 10 }),
  isLocal: true,
  groupsCommits: true,
  only: /^\[L([1-6]|11|12)\]/,
});
