import { z } from "zod";
import { passkeyAnswer, passkeyOptions } from "../auth/ceremonies.ts";
import { user } from "../protocol/events.ts";
import { idField } from "./input.ts";
import { openOperation, type Operation, operation } from "./operation.ts";
import { newSession } from "./people.ts";

const passkey = z.object({
  id: z.string().describe("Its public id; not the authenticator's own."),
  createdAt: z.number().describe("Milliseconds since 1970."),
  usedAt: z.number().optional().describe("Milliseconds since 1970."),
  isBackedUp: z.boolean().describe("Whether its owner's provider keeps copies."),
});

const options = z.object({
  options: passkeyOptions.describe(
    "For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON.",
  ),
});

const answer = z.strictObject({
  answer: passkeyAnswer.describe("What the PublicKeyCredential's toJSON() gives."),
});

const startPasskey = operation({
  type: "start_passkey",
  method: "post",
  path: "/v1/passkeys/registration",
  summary: "Begin to make a passkey, which keeps your name for good; five minutes to finish",
  tag: "people",
  input: z.strictObject({}),
  output: options,
  errors: ["forbidden", "name_taken"],
  cost: "costly",
  only: "http",
  async run({ passkeys }, { caller, origin }) {
    return { options: await passkeys.startRegistration(caller, origin) };
  },
});

const createPasskey = operation({
  type: "create_passkey",
  method: "post",
  path: "/v1/passkeys",
  summary: "Finish making a passkey: your name is yours for good",
  tag: "people",
  input: answer,
  output: z.object({ user, passkey }),
  errors: ["forbidden", "name_taken", "conflict", "not_found"],
  status: 201,
  cost: "costly",
  only: "http",
  run({ passkeys }, { caller, origin }, { answer }) {
    return passkeys.register(caller, answer, origin);
  },
});

const startSignIn = openOperation({
  type: "start_sign_in",
  method: "post",
  path: "/v1/passkeys/sign-in",
  summary: "Begin to sign in with a passkey; five minutes to finish",
  tag: "people",
  input: z.strictObject({}),
  output: options,
  errors: [],
  cost: "costly",
  only: "http",
  async run({ passkeys }, { origin }) {
    return { options: await passkeys.startSignIn(origin) };
  },
});

const signIn = openOperation({
  type: "sign_in_with_passkey",
  method: "post",
  path: "/v1/passkeys/session",
  summary: "Sign in with a passkey: begin a session of its owner",
  tag: "people",
  input: answer,
  output: newSession,
  errors: ["forbidden"],
  status: 201,
  cost: "costly",
  session: "starts",
  only: "http",
  async run({ passkeys }, { origin }, { answer }) {
    const { caller: { user }, token, credential, expiresAt } = await passkeys.signIn(answer, origin);
    return { user, token, credential, expiresAt };
  },
});

const listPasskeys = operation({
  type: "list_passkeys",
  method: "get",
  path: "/v1/passkeys",
  summary: "List your passkeys, oldest first",
  tag: "people",
  input: z.strictObject({}),
  output: z.object({ passkeys: z.array(passkey) }),
  errors: [],
  cost: "read",
  async run({ passkeys }, { caller: { user } }) {
    return { passkeys: await passkeys.list(user.id) };
  },
});

const deletePasskey = operation({
  type: "delete_passkey",
  method: "delete",
  path: "/v1/passkeys/:passkey",
  summary: "Delete one of your passkeys; without the last one you are a guest again and your name is free",
  tag: "people",
  input: z.strictObject({ passkey: idField(64).describe("Its public id.") }),
  output: z.object({ isClaimed: z.boolean().describe("Whether the name is still mine for good.") }),
  errors: ["not_found"],
  cost: "write",
  run({ passkeys }, { caller: { user } }, { passkey }) {
    return passkeys.delete(user.id, passkey);
  },
});

/** Passkeys (WebAuthn). */
export const PASSKEY_OPERATIONS: readonly Operation[] = [
  startPasskey,
  createPasskey,
  startSignIn,
  signIn,
  listPasskeys,
  deletePasskey,
];
