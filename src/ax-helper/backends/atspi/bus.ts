import type { createClient, MessageBus } from "dbus-native";
import { Problem } from "../../problem.ts";

/** An object of some program on the accessibility bus. */
export interface Target {
  /** Unique name of the program's connection, such as `:1.7`. */
  readonly bus: string;
  readonly path: string;
}

/** What a method is given, as D-Bus writes it. */
export interface Parameters {
  signature: string;
  body: readonly unknown[];
}

/** An event of a program: what moved on its screen. */
interface BusEvent {
  sender: string;
  path: string;
  /** The last part of its interface, such as `Object`. */
  group: string;
  member: string;
}

/** The accessibility bus of this session. Nothing here waits longer than its limit, and nothing throws. */
export interface AccessibilityBus {
  call(target: Target, method: string, limitMs: number, parameters?: Parameters): Promise<unknown>;
  /** Has the events of one program delivered to a listener; resolves once they are. The result stops it. */
  listen(sender: string, listener: (event: BusEvent) => void): Promise<() => void>;
  isOpen(): boolean;
  close(): void;
}

export const REGISTRY: Target = { bus: "org.a11y.atspi.Registry", path: "/org/a11y/atspi/registry" };
const SESSION_BUS: Target = { bus: "org.a11y.Bus", path: "/org/a11y/bus" };
const OPEN_LIMIT_MS = 5_000;
/** The largest message that is read: what a program may make this process hold. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const SIGNAL = 4;

const ADVICE =
  "It needs a desktop session with accessibility: install at-spi2-core, and start loopd within the session (DBUS_SESSION_BUS_ADDRESS).";

/**
 * Connects to the accessibility bus: the one that AT_SPI_BUS_ADDRESS names, else the one that the session tells of. Programs
 * only keep what they show in memory while somebody listens, so this says so before anything is read.
 */
export async function openAccessibilityBus(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AccessibilityBus | Problem> {
  const { createClient } = (await import("dbus-native")).default;
  const named = environment["AT_SPI_BUS_ADDRESS"] ?? environment["AT_SPI_BUS"];
  const address = named ?? (await askSession(createClient, environment["DBUS_SESSION_BUS_ADDRESS"]));
  if (address instanceof Problem) return address;
  const bus = await connect(createClient, address);
  if (bus instanceof Problem) return bus;
  for (const events of ["object:", "window:"]) {
    const parameters = { signature: "sass", body: [events, [], ""] };
    const answer = await bus.call(REGISTRY, "org.a11y.atspi.Registry.RegisterEvent", OPEN_LIMIT_MS, parameters);
    // Before 2.41 it took the name alone.
    if (answer instanceof Problem)
      await bus.call(REGISTRY, "org.a11y.atspi.Registry.RegisterEvent", OPEN_LIMIT_MS, {
        signature: "s",
        body: [events],
      });
  }
  return bus;
}

/** Tells programs that somebody reads their windows: some, such as browsers and those of Qt, only then speak of them. */
export async function switchOn(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Problem | undefined> {
  const { createClient } = (await import("dbus-native")).default;
  const session = environment["DBUS_SESSION_BUS_ADDRESS"];
  const bus = session === undefined ? undefined : await connect(createClient, session);
  if (bus === undefined || bus instanceof Problem)
    return bus ?? new Problem("no-bus", `There is no session bus here. ${ADVICE}`);
  const parameters = { signature: "ssv", body: ["org.a11y.Status", "IsEnabled", ["b", true]] };
  const answer = await bus.call(SESSION_BUS, "org.freedesktop.DBus.Properties.Set", OPEN_LIMIT_MS, parameters);
  bus.close();
  return answer instanceof Problem ? answer : undefined;
}

type Create = typeof createClient;

async function askSession(create: Create, session: string | undefined): Promise<string | Problem> {
  if (session === undefined) return new Problem("no-bus", `There is no session bus here. ${ADVICE}`);
  const bus = await connect(create, session);
  if (bus instanceof Problem) return bus;
  const address = await bus.call(SESSION_BUS, "org.a11y.Bus.GetAddress", OPEN_LIMIT_MS);
  bus.close();
  if (typeof address === "string" && address !== "") return address;
  const why = address instanceof Problem ? address.message : "it names no address";
  return new Problem("no-bus", `The session has no accessibility bus (${why}). ${ADVICE}`);
}

async function connect(create: Create, address: string): Promise<AccessibilityBus | Problem> {
  let client: MessageBus;
  try {
    client = create({ busAddress: address, maxMessageSize: MAX_MESSAGE_BYTES });
  } catch (thrown) {
    return unreachable(address, thrown);
  }
  const bus = wrap(client);
  let why: unknown;
  client.connection.on("error", (error: unknown) => (why = error));
  const daemon = { bus: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
  const greeting = await bus.call(daemon, "org.freedesktop.DBus.GetId", OPEN_LIMIT_MS);
  if (!(greeting instanceof Problem)) return bus;
  bus.close();
  return unreachable(address, why ?? new Error(greeting.message));
}

function unreachable(address: string, thrown: unknown): Problem {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem("no-bus", `The bus at ${address} cannot be reached: ${why}. ${ADVICE}`);
}

function wrap(client: MessageBus): AccessibilityBus {
  let isOpen = true;
  client.connection.on("close", () => (isOpen = false));
  const listeners = new Set<(event: BusEvent) => void>();
  client.connection.on("message", (message: Record<string, unknown>) => {
    if (message["type"] !== SIGNAL || listeners.size === 0) return;
    const text = (name: string) => (typeof message[name] === "string" ? message[name] : "");
    const group = text("interface").split(".").pop() ?? "";
    const event = { sender: text("sender"), path: text("path"), group, member: text("member") };
    for (const listener of listeners) listener(event);
  });
  return {
    isOpen: () => isOpen,
    close: () => void client.close(),
    async call({ bus, path }, method, limitMs, parameters) {
      const at = method.lastIndexOf(".");
      const message = { destination: bus, path, interface: method.slice(0, at), member: method.slice(at + 1) };
      const given = parameters === undefined ? {} : { signature: parameters.signature, body: [...parameters.body] };
      try {
        return (await client.invoke({ ...message, ...given }, { timeout: limitMs })) as unknown;
      } catch (thrown) {
        return problemOf(thrown, limitMs);
      }
    },
    async listen(sender, listener) {
      const rule = `type='signal',sender='${sender}'`;
      const own = (event: BusEvent) => {
        if (event.sender === sender) listener(event);
      };
      listeners.add(own);
      const added = await client.addMatch(rule).then(
        () => true,
        () => false,
      );
      return () => {
        listeners.delete(own);
        if (added && isOpen) client.removeMatch(rule).catch(() => undefined);
      };
    },
  };
}

/** Errors of D-Bus that mean that the object or its program is no more. */
const GONE = /\.(UnknownObject|UnknownMethod|NameHasNoOwner|ServiceUnknown|Disconnected)$/;

function problemOf(thrown: unknown, limitMs: number): Problem {
  const { code, dbusName, message } = thrown as { code?: string; dbusName?: string; message?: string };
  if (code === "ETIMEDOUT") return new Problem("not-responding", `The program did not answer within ${limitMs} ms.`);
  const text = String(message ?? thrown).slice(0, 300);
  if (code === "ECONNCLOSED") return new Problem("no-bus", "The accessibility bus has ended.");
  if (dbusName === "org.freedesktop.DBus.Error.NoReply") return new Problem("gone", "The program has ended.");
  if (GONE.test(dbusName ?? "")) return new Problem("gone", `It is no longer there: ${text}`);
  return new Problem("failed", `The program refused: ${text}`);
}
