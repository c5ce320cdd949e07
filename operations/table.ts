import { BOT_OPERATIONS } from "./bots.ts";
import { MEMBER_OPERATIONS } from "./members.ts";
import { MESSAGE_OPERATIONS } from "./messages.ts";
import { MODERATION_OPERATIONS } from "./moderation.ts";
import type { Operation } from "./operation.ts";
import { PASSKEY_OPERATIONS } from "./passkeys.ts";
import { PEOPLE_OPERATIONS } from "./people.ts";
import { PRESENCE_OPERATIONS } from "./presence.ts";
import { ROOM_OPERATIONS } from "./rooms.ts";
import { SEARCH_OPERATIONS } from "./search.ts";
import { WEBHOOK_OPERATIONS } from "./webhooks.ts";

/** Every operation, in the order in which the documentation shows them. */
export const OPERATIONS: readonly Operation[] = [
  ...PEOPLE_OPERATIONS,
  ...PASSKEY_OPERATIONS,
  ...BOT_OPERATIONS,
  ...ROOM_OPERATIONS,
  ...MEMBER_OPERATIONS,
  ...MODERATION_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...SEARCH_OPERATIONS,
  ...PRESENCE_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
];
