import type { Role } from "../../../protocol/events.ts";

/** What somebody does. */
export type Command =
  | { readonly type: "become" | "enter" | "leave"; readonly who: string }
  | { readonly type: "kick" | "unban" | "unmute"; readonly who: string; readonly whom: string }
  | {
    readonly type: "ban" | "mute";
    readonly who: string;
    readonly whom: string;
    readonly until: number | undefined;
  }
  | { readonly type: "role"; readonly who: string; readonly whom: string; readonly role: Role }
  | { readonly type: "title"; readonly who: string; readonly title: string }
  | { readonly type: "write"; readonly who: string; readonly write: "members" | "moderators" }
  | { readonly type: "slow"; readonly who: string; readonly slowModeS: number }
  | { readonly type: "archive"; readonly who: string; readonly archived: boolean }
  | {
    readonly type: "send";
    readonly who: string;
    readonly key: string;
    readonly text: string;
    readonly reply: string | undefined;
    readonly thread: string | undefined;
  }
  | { readonly type: "edit"; readonly who: string; readonly target: string; readonly text: string }
  | { readonly type: "delete"; readonly who: string; readonly target: string }
  | {
    readonly type: "react";
    readonly who: string;
    readonly target: string;
    readonly emoji: string;
    readonly on: boolean;
  }
  | { readonly type: "pin"; readonly who: string; readonly target: string; readonly on: boolean }
  | { readonly type: "mark"; readonly who: string; readonly target: string }
  | { readonly type: "rename"; readonly who: string; readonly name: string }
  | { readonly type: "invite"; readonly who: string; readonly uses: number; readonly expiresInS: number }
  | { readonly type: "accept" | "revoke"; readonly who: string; readonly invite: number };
