/**
 * The page's one Trusted Types policy (`trusted-types app-url`): script URLs of workers. Only this
 * origin's paths and blobs pass, so nothing that came over the network becomes code.
 */
const POLICY_NAME = "app-url";

interface Policy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

let policy: Policy | undefined;

/**
 * For `new Worker` and `serviceWorker.register`, which take the returned value in place of a string.
 * Throws a TypeError for a URL of another origin.
 */
export function trustedScriptUrl(url: string): string {
  policy ??= createPolicy();
  return policy.createScriptURL(url) as string;
}

function createPolicy(): Policy {
  const rules = { createScriptURL: checkedUrl };
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  return factory?.createPolicy(POLICY_NAME, rules) ?? rules;
}

function checkedUrl(url: string): string {
  const { origin, protocol } = new URL(url, location.href);
  const isOurs = origin === location.origin && ["https:", "http:", "blob:"].includes(protocol);
  if (!isOurs) throw new TypeError(`not a script of this origin: ${protocol}//`);
  return url;
}
