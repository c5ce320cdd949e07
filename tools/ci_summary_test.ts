import { assertEquals } from "@std/assert";
import { parseReport, summarize, type TestCase } from "./ci_summary.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="2" errors="0" time="0.342">
    <testsuite name="./tests/browser/page_test.ts" tests="4" disabled="1" errors="0" failures="2">
        <testcase name="two &lt;pages&gt; chat &amp; &quot;stay&quot;" classname="./tests/browser/page_test.ts" time="0.1" line="1" col="6">
        </testcase>
        <testcase name="fails" classname="./tests/browser/page_test.ts" time="0.000" line="2" col="6">
            <failure message="Uncaught Error: x &lt;skipped/&gt;">Error: x
    at file:///here/tests/browser/page_test.ts:2:34</failure>
        </testcase>
        <testcase name="fails &gt; a step" classname="./tests/browser/page_test.ts" time="0.000" line="2" col="6">
            <failure message="Uncaught Error: z">Error: z</failure>
        </testcase>
        <testcase name="later" classname="./tests/browser/page_test.ts" time="0.000" line="3" col="11">
            <skipped/>
        </testcase>
    </testsuite>
    <testsuite name="./docs/protocol.md#2-11.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="file:///here/docs/protocol.md#2-11.ts" classname="./docs/protocol.md#2-11.ts" time="0.000" line="3" col="6">
        </testcase>
    </testsuite>
</testsuites>
`;

const FILE = "tests/browser/page_test.ts";
const PASSED: TestCase = { name: "chats", file: FILE, outcome: "passed" };
const IGNORED: TestCase = { name: "drops", file: FILE, outcome: "ignored" };
const FAILED: TestCase = { name: "types", file: "tests/app_test.ts", outcome: "failed" };

Deno.test("parseReport() reads names, files and outcomes, steps too", () => {
  assertEquals(parseReport(REPORT), [
    { name: 'two <pages> chat & "stay"', file: FILE, outcome: "passed" },
    { name: "fails", file: FILE, outcome: "failed" },
    { name: "fails > a step", file: FILE, outcome: "failed" },
    { name: "later", file: FILE, outcome: "ignored" },
    { name: "file:///here/docs/protocol.md#2-11.ts", file: "docs/protocol.md#2-11.ts", outcome: "passed" },
  ]);
});

Deno.test("summarize() is content with a good run", () => {
  const summary = summarize([PASSED, PASSED], [FILE], { verify: 0, test: 0 });
  assertEquals(summary, { passed: 2, failed: 0, complaints: [] });
});

Deno.test("summarize() counts a failed test once, and a step that failed without one", () => {
  assertEquals(summarize([PASSED, FAILED], [FILE], { verify: 0, test: 1 }).failed, 1);
  assertEquals(summarize([PASSED], [FILE], { verify: 0, test: 1 }), {
    passed: 1,
    failed: 1,
    complaints: [`The step "test" exited with 1`],
  });
  assertEquals(summarize([PASSED, FAILED], [FILE], { verify: 2, test: 1 }).failed, 2);
});

Deno.test("summarize() refuses a run without its browser tests", () => {
  const complaintsOf = (cases: TestCase[], files: string[]) => summarize(cases, files, { test: 0 }).complaints;
  const elsewhere: TestCase = { ...PASSED, file: "tests/app_test.ts" };
  assertEquals(complaintsOf([elsewhere], [FILE]), [`Only 0 browser tests ran, of 1 files`]);
  assertEquals(complaintsOf([PASSED, IGNORED], [FILE]), [`The browser test "drops" was ignored`]);
  assertEquals(complaintsOf([elsewhere], []), ["There is no test in tests/browser"]);
});

Deno.test("summarize() refuses a run in which nothing ran", () => {
  const { passed, failed, complaints } = summarize([], [FILE], { verify: 0, test: 1 });
  assertEquals(passed, 0);
  assertEquals(failed, complaints.length);
  assertEquals(complaints, [
    `Only 0 browser tests ran, of 1 files`,
    "No test passed",
    `The step "test" exited with 1`,
  ]);
});
