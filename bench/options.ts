/**
 * The command line of `bench/run.ts`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { SERVER_NAMES, type ServerName } from "./servers.ts";

/** What to run. */
export interface Options {
  /** Which servers, in the order of the table. */
  readonly servers: readonly ServerName[];
  /** Messages a second, each a run of its own. */
  readonly rates: readonly number[];
  /** Seconds measured in each run. */
  readonly seconds: number;
  /** Seconds before that. */
  readonly warmUpS: number;
  /** Clients in the room. */
  readonly clients: number;
  /** Idle connections for the memory figure; 0 leaves it out. */
  readonly idle: number;
  /** Runs of each cell; the one with the median CPU counts. */
  readonly repeat: number;
  /** How often a run is done again when something else was using the machine. */
  readonly retries: number;
  /** The file that is Maru, for trying another build. */
  readonly maruMain: string | undefined;
  /** Whether a missing Socket.IO may be fetched with npm. */
  readonly install: boolean;
  /** Whether a bound that does not hold ends the process with code 1. */
  readonly check: boolean;
  /** Whether to rewrite the results in `bench/README.md`. */
  readonly write: boolean;
  /** File for the results as JSON. */
  readonly json: string | undefined;
}

/** What `--help` prints. */
export const USAGE = `deno task bench [options]
  --servers LIST   of ${SERVER_NAMES.join(",")} (default: all)
  --rates LIST     messages a second (default: 100,400,1600,3200)
  --seconds N      measured in each run (8)
  --warm-up N      seconds before that (2)
  --clients N      in one room (200)
  --idle N         connections for the memory figure, 0 to leave it out (5000)
  --repeat N       runs of each cell; the one with the median CPU counts (1)
  --retries N      runs done again when something else was using the machine (1)
  --maru FILE      run this file as Maru (main.ts)
  --no-install     do not fetch Socket.IO with npm when it is not there
  --check          exit with 1 when a bound does not hold
  --write          rewrite the results in bench/README.md
  --json FILE      write the results as JSON`;

/** @throws {TypeError} for an unknown flag, {@linkcode RangeError} for a value out of range. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ servers: text, rates: text, seconds: text, "warm-up": text, clients: text, idle: text, repeat: text },
      ...{ retries: text, maru: text, json: text, "no-install": flag, check: flag, write: flag, help: flag },
    },
  });
  if (values.help) return "help";
  return {
    servers: values.servers === undefined ? SERVER_NAMES : values.servers.split(",").map(parseServer),
    rates: (values.rates ?? "100,400,1600,3200").split(",").map((rate) => parseNumber("--rates", rate, 1, 100_000)),
    seconds: parseNumber("--seconds", values.seconds ?? "8", 1, 60),
    warmUpS: parseNumber("--warm-up", values["warm-up"] ?? "2", 0, 60),
    clients: parseNumber("--clients", values.clients ?? "200", 1, 5_000),
    idle: parseNumber("--idle", values.idle ?? "5000", 0, 15_000),
    repeat: parseNumber("--repeat", values.repeat ?? "1", 1, 9),
    retries: parseNumber("--retries", values.retries ?? "1", 0, 9),
    maruMain: values.maru,
    install: !values["no-install"],
    check: values.check ?? false,
    write: values.write ?? false,
    json: values.json,
  };
}

function parseServer(name: string): ServerName {
  const known = SERVER_NAMES.find((each) => each === name);
  if (known === undefined) throw new RangeError(`--servers must be of ${SERVER_NAMES.join(",")}: one is "${name}"`);
  return known;
}

function parseNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${flag} must be whole numbers from ${min} to ${max}: one is "${text}"`);
}
