import type { Platform } from "./install-plan.ts";

/** Folders that every job can find programs in, whatever the person's shell says. */
const STANDARD = {
  darwin: ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"],
  linux: ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"],
} satisfies Record<Platform, readonly string[]>;

/** Folders that are on the path only while some tool runs, or that a restart empties. */
const PASSING = /\/node_modules\/|\/_npx\/|\/node-gyp-bin$|^\/tmp\/|^\/(private\/)?var\/folders\/|\/fnm_multishells\//;
const UNUSABLE = /[\p{Cc}\u2028\ufffd:]|\p{Surrogate}/u;

/** Variables that say how text is to be read and whom to trust, and hold no secret. */
const KEPT = ["LANG", "LC_ALL", "LC_CTYPE", "NODE_EXTRA_CA_CERTS"];

/**
 * What a job's file says of the environment: the person's folders of programs, language and certificates. Nothing else
 * is taken over: keys, tokens and proxies with passwords stay out of a file that others can read.
 */
export function jobEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
  platform: Platform,
): Record<string, string> {
  const own = (environment.PATH ?? "").split(":");
  const folders = own.filter(
    (folder) => folder.startsWith("/") && !PASSING.test(`${folder}`) && !UNUSABLE.test(folder),
  );
  const kept = KEPT.flatMap((name) => {
    const value = environment[name];
    return value === undefined || value === "" || /[\p{Cc}\u2028\ufffd]/u.test(value) ? [] : [[name, value] as const];
  });
  return {
    LOOPD_HOME: home,
    PATH: [...new Set([...folders, ...STANDARD[platform]])].join(":"),
    ...Object.fromEntries(kept),
  };
}
