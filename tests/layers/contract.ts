/**
 * The channel layer's contract as tests: each rule of `layers/layer.ts`, on any implementation.
 *
 * @module
 */

import { channelRules } from "./contract/channels.ts";
import { changeLimitRules } from "./contract/change_limits.ts";
import { closingRules } from "./contract/closing.ts";
import { documentRules } from "./contract/documents.ts";
import { keyRules } from "./contract/keys.ts";
import { orderRules } from "./contract/order.ts";
import { publishingRules } from "./contract/publishing.ts";
import { readingRules } from "./contract/reading.ts";
import { resumingRules } from "./contract/resuming.ts";
import { rewritingRules } from "./contract/rewriting.ts";
import { stepRules } from "./contract/steps.ts";
import { subscriberRules } from "./contract/subscribers.ts";
import { transientRules } from "./contract/transient.ts";
import { workerRules } from "./contract/workers.ts";
import type { Rule, Traits } from "./setting.ts";

const RULES: readonly Rule[] = [
  ...publishingRules,
  ...orderRules,
  ...resumingRules,
  ...readingRules,
  ...keyRules,
  ...transientRules,
  ...channelRules,
  ...workerRules,
  ...subscriberRules,
  ...closingRules,
  ...documentRules,
  ...stepRules,
  ...changeLimitRules,
  ...rewritingRules,
];

/** Tests every rule on one implementation. */
export function testContract(name: string, traits: Traits): void {
  for (const rule of RULES) {
    if (rule.where?.(traits) === false || traits.only?.test(rule.name) === false) continue;
    Deno.test({
      name: `${rule.name} (${name})`,
      sanitizeOps: true,
      sanitizeResources: true,
      timeout: 20_000,
      fn: async () => {
        await using setting = await traits.open();
        await rule.test(setting, traits);
      },
    });
  }
}
