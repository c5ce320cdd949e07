import type { Page } from "playwright-core";

/**
 * Gives a page an authenticator that is built in, keeps what it makes, and whose owner always confirms.
 *
 * @returns What lists the passkeys that it holds.
 */
export async function addAuthenticator({ page }: { readonly page: Page }) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { list: () => cdp.send("WebAuthn.getCredentials", { authenticatorId }) };
}
