/** Programs that run what their arguments name. */
const RUNNERS: ReadonlySet<string> = new Set(
  [
    "sudo doas su env nohup nice ionice timeout gtimeout time command exec builtin eval xargs find fd parallel busybox",
    "toybox setsid stdbuf unbuffer chroot watch script strace ltrace unshare nsenter flock taskset caffeinate arch",
    "sh bash zsh dash ash ksh fish csh tcsh npx bunx pnpx runuser pkexec systemd-run screen tmux entr",
  ].flatMap((line) => line.split(" ")),
);
const BETWEEN_COMMANDS = /[\s;&|()]+/;

/** Whether a command begins with these words. */
export function beginsWith(argv: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((word, index) => argv[index] === word);
}

/**
 * Whether a command may run what these words begin, for rules that forbid or ask. Its program counts whatever folder it is
 * called from; options in front of its first word are skipped (`git -C x push`); and where it runs what its arguments
 * name (`sudo`, `env`, `sh -c`), each of them may be that.
 */
export function mayRun(argv: readonly string[], prefix: readonly string[]): boolean {
  if (beginsWith(argv, prefix) || isCommand(argv, prefix)) return true;
  if (!RUNNERS.has(programOf(argv[0]))) return false;
  const words = argv.flatMap((word) => word.split(BETWEEN_COMMANDS)).filter((word) => word !== "");
  return words.some((_, index) => index > 0 && isCommand(words.slice(index), prefix));
}

function isCommand([program, ...words]: readonly string[], [wanted, ...rest]: readonly string[]): boolean {
  if (program === undefined || wanted === undefined || programOf(program) !== programOf(wanted)) return false;
  if (wanted.includes("/") && program.includes("/") && program !== wanted) return false;
  if (words[0]?.startsWith("-") !== true) return beginsWith(words, rest);
  return words.some((_, index) => beginsWith(words.slice(index), rest)) || rest.length === 0;
}

/** Its name without the folder, in lower case: some file systems do not tell cases apart. */
function programOf(word = ""): string {
  return word.slice(word.lastIndexOf("/") + 1).toLowerCase();
}
