import { join } from "node:path";
import { realPathOf } from "./files/real-path.ts";

/** Credentials and keys of programs that keep them in the same place on every system, relative to the home folder. */
const EVERYWHERE = [
  ".ssh .gnupg .aws .azure .kube .docker/config.json .netrc .npmrc .yarnrc.yml .pypirc .git-credentials .password-store",
  ".config/git/credentials .config/gcloud .config/gh .config/glab-cli .config/hub .config/op .config/rclone .config/sops",
  ".config/doctl .config/helm .config/configstore .config/heroku .config/stripe .config/containers/auth.json .oci",
  ".cargo/credentials .cargo/credentials.toml .gem/credentials .m2/settings.xml .gradle/gradle.properties .composer/auth.json",
  ".terraform.d/credentials.tfrc.json .vault-token .pgpass .my.cnf .boto .s3cfg .age .mozilla .thunderbird .bitwarden",
].flatMap((line) => line.split(" "));

const MAC = [
  "Library/Keychains",
  "Library/Cookies",
  "Library/Safari",
  "Library/Containers/com.apple.Safari",
  "Library/HTTPStorages",
  "Library/Application Support/com.apple.TCC",
  "Library/Application Support/com.raycast.macos",
  "Library/Group Containers/2BUA8C4S2C.com.1password",
  "Library/Application Support/1Password",
  "Library/Application Support/Bitwarden",
  "Library/Application Support/KeePassXC",
  "Library/Application Support/Google/Chrome",
  "Library/Application Support/Chromium",
  "Library/Application Support/Firefox",
  "Library/Application Support/Microsoft Edge",
  "Library/Application Support/BraveSoftware",
  "Library/Application Support/Arc",
  "Library/Application Support/Vivaldi",
  "Library/Application Support/com.operasoftware.Opera",
  "Library/Application Support/Thunderbird",
  "Library/Application Support/gh",
  "Library/Application Support/gcloud",
];

const LINUX = [
  ".local/share/keyrings .local/share/kwalletd .config/1Password .config/Bitwarden .config/keepassxc .pki",
  ".config/google-chrome .config/chromium .config/BraveSoftware .config/microsoft-edge .config/vivaldi .config/opera",
  "snap/firefox/common/.mozilla snap/chromium/common/chromium snap/gh .var/app/org.mozilla.firefox",
  ".var/app/com.google.Chrome .var/app/org.chromium.Chromium .var/app/com.brave.Browser .var/app/com.microsoft.Edge",
].flatMap((line) => line.split(" "));

const MAC_SYSTEM = ["/Library/Keychains", "/private/var/db/SystemKey"];
const LINUX_SYSTEM = ["/etc/shadow", "/etc/gshadow", "/etc/ssl/private"];

/**
 * Real paths that no tool may read, list, search or change, whatever the rules say: loopd's own home and the places
 * where credentials, keys and browser profiles are. Links are resolved; what does not exist is kept as it is, so that
 * it cannot be created either.
 */
export async function protectedPathsOf(options: {
  home: string;
  loopdHome: string;
  platform: NodeJS.Platform;
}): Promise<string[]> {
  const isMac = options.platform === "darwin";
  const inHome = [...EVERYWHERE, ...(isMac ? MAC : LINUX)].map((path) => join(options.home, path));
  const paths = [options.loopdHome, ...inHome, ...(isMac ? MAC_SYSTEM : LINUX_SYSTEM)];
  return [...new Set(await Promise.all(paths.map(realPathOf)))];
}

/** Whether a real path is the folder itself or lies below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/**
 * Other names for files that are protected under their own: what a process has open, its memory and its environment
 * (Linux), files by number or by special prefixes (macOS). No tool has business there.
 */
const BACK_DOOR = /^\/(proc\/(\d+|self|thread-self)|dev\/fd|dev\/std(in|out|err)|\.vol|\.nofollow|\.resolve)(\/|$)/;

/** Where macOS shows the volume of all files a second time. */
const SECOND_ROOT = /^\/system\/volumes\/data(?=\/)/;

/** One spelling for all that a file system which ignores case and Unicode normalisation takes for the same name. */
function folded(path: string): string {
  return path.normalize("NFD").toUpperCase().toLowerCase().replace(SECOND_ROOT, "");
}

/** Whether a real path is protected. Case and Unicode spelling are ignored everywhere: some mounts ignore them too. */
export function isProtected(path: string, protectedPaths: readonly string[]): boolean {
  const plain = folded(path);
  if (BACK_DOOR.test(plain)) return true;
  return protectedPaths.some((one) => isInside(plain, folded(one)));
}

/** The protected paths that lie below a folder, as seen from it: what a tool that walks the folder must leave out. */
export function protectedBelow(folder: string, protectedPaths: readonly string[]): Set<string> {
  const inside = protectedPaths.filter((one) => isInside(folded(one), folded(folder)));
  return new Set(inside.map(folded));
}

/** Whether an entry met on a walk is one of `protectedBelow`. */
export function isLeftOut(path: string, below: ReadonlySet<string>): boolean {
  return below.size > 0 && below.has(folded(path));
}
