/**
 * Says in CI's last line how the tests went, and refuses a green run in which the browser tests did not run.
 *
 * ```sh
 * deno run --allow-read tools/ci_summary.ts report.xml verify=0 test=0
 * ```
 *
 * The first argument is what `deno test --junit-path` wrote; the others are the steps of CI with their exit codes. It
 * exits with 1 unless everything passed. The last line is `N passed, N failed`, where a step that failed without a
 * failed test counts as one failure, and so does each other complaint: N failed is 0 only for a good run.
 *
 * @module
 */

/** Where the tests lie that need a browser, as the report names it. */
const BROWSER_TESTS = "tests/browser";

/** One test of the report; a step of a test is one too. */
export interface TestCase {
  /** Its name, as written. */
  readonly name: string;
  /** Its file, from the root, such as `tests/app_test.ts`, or `docs/protocol.md#10-14.ts` for an example in a text. */
  readonly file: string;
  /** What became of it. */
  readonly outcome: "passed" | "failed" | "ignored";
}

/** What CI says in the end. */
export interface Summary {
  /** Tests that ran and held. */
  readonly passed: number;
  /** Tests that failed, and complaints. */
  readonly failed: number;
  /** What is wrong besides failed tests, a sentence each. */
  readonly complaints: readonly string[];
}

/**
 * Reads the report of `deno test --junit-path`.
 *
 * @param xml The report; only what Deno writes, this is no XML parser.
 * @returns The tests, in the order in which they ran.
 */
export function parseReport(xml: string): TestCase[] {
  const cases = xml.matchAll(/<testcase (?<head>[^>]*?)(?:\/>|>(?<body>.*?)<\/testcase>)/gs);
  return [...cases].map(({ groups }) => {
    const { head = "", body = "" } = groups ?? {};
    const outcome = /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "ignored" : "passed";
    return { name: attribute(head, "name"), file: attribute(head, "classname").replace(/^\.\//, ""), outcome };
  });
}

function attribute(head: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(head)?.[1] ?? "";
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return value.replace(/&(lt|gt|quot|apos|amp);/g, (entity, key) => characters[key] ?? entity);
}

/**
 * Weighs a run of CI.
 *
 * @param cases The tests of the report; none if it was not written.
 * @param browserFiles The test files that need a browser and must have run, from the root.
 * @param exitCodes Of each step of CI, by its name; `test` is the one that wrote the report.
 */
export function summarize(
  cases: readonly TestCase[],
  browserFiles: readonly string[],
  exitCodes: Readonly<Record<string, number>>,
): Summary {
  const count = (outcome: TestCase["outcome"]) => cases.filter((each) => each.outcome === outcome).length;
  const complaints = [...complaintsOnBrowserTests(cases, browserFiles)];
  if (count("passed") === 0) complaints.push("No test passed");
  for (const [step, code] of Object.entries(exitCodes)) {
    const isTold = step === "test" && count("failed") > 0;
    if (code !== 0 && !isTold) complaints.push(`The step "${step}" exited with ${code}`);
  }
  return { passed: count("passed"), failed: count("failed") + complaints.length, complaints };
}

function* complaintsOnBrowserTests(cases: readonly TestCase[], files: readonly string[]): Generator<string> {
  if (files.length === 0) yield `There is no test in ${BROWSER_TESTS}`;
  // The report names the file that calls `Deno.test`, which for most of them is a helper in the same folder. A file that does not
  // load fails the step.
  const own = cases.filter(({ file }) => file.startsWith(`${BROWSER_TESTS}/`));
  if (own.length < files.length) yield `Only ${own.length} browser tests ran, of ${files.length} files`;
  for (const { name, outcome } of own) if (outcome === "ignored") yield `The browser test "${name}" was ignored`;
}

function filesOfBrowserTests(): string[] {
  const entries = [...Deno.readDirSync(BROWSER_TESTS)];
  return entries.map(({ name }) => name).filter((name) => /_test\.[jt]s$/.test(name)).map((name) =>
    `${BROWSER_TESTS}/${name}`
  ).sort();
}

function readReport(path: string): TestCase[] {
  try {
    return parseReport(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

if (import.meta.main) {
  const [report = "", ...steps] = Deno.args;
  const exitCodes = Object.fromEntries(steps.map((step) => {
    const [name = "", code = ""] = step.split("=");
    return [name, Number(code)];
  }));
  const { passed, failed, complaints } = summarize(readReport(report), filesOfBrowserTests(), exitCodes);
  for (const complaint of complaints) console.log(complaint);
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exit(failed === 0 ? 0 : 1);
}
