import type { SandboxRefusal } from "./sandbox.ts";
import type { SandboxHost } from "./sandbox-host.ts";

/** Its process holds some 80 MB, which a helper that runs no commands should not. */
const IDLE_MS = 120_000;

/** The sandbox's own process while it is needed. */
export interface LazyHost {
  /** The host, started where none runs. It is kept until `done` has been called as often as this. */
  take(): Promise<SandboxHost | SandboxRefusal>;
  done(): void;
  close(): Promise<void>;
}

/** One host at a time: started when it is first needed, again when it has died, ended when it has been idle. */
export function createLazyHost(start: () => Promise<SandboxHost | SandboxRefusal>): LazyHost {
  let host: Promise<SandboxHost | SandboxRefusal> | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  let isClosed = false;

  const startAnew = (): Promise<SandboxHost | SandboxRefusal> => {
    const started = start();
    const forget = () => {
      if (host === started) host = undefined;
    };
    void started.then((result) => ("why" in result ? forget() : result.ended.then(forget)), forget);
    return started;
  };
  const end = async () => {
    const last = host;
    host = undefined;
    const result = await last?.catch(() => undefined);
    if (result !== undefined && "close" in result) await result.close();
  };
  return {
    async take() {
      users += 1;
      clearTimeout(idle);
      if (isClosed) return { why: "The helper is stopping." };
      return (host ??= startAnew());
    },
    done() {
      users -= 1;
      if (users === 0 && !isClosed) idle = setTimeout(() => void end(), IDLE_MS).unref();
    },
    async close() {
      isClosed = true;
      clearTimeout(idle);
      await end();
    },
  };
}
