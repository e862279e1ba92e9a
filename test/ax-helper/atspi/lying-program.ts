import dbus, { type Message } from "dbus-native";

/** What an object of the program says of itself. */
export interface Lie {
  role: number;
  name: string;
  /** Paths of its children, below `/lie/`. */
  children: string[];
  /** How many it says it has, if not as many. */
  count?: number;
  /** Never answers its children. */
  mute?: true;
}

/** A program on the accessibility bus. */
export interface LyingProgram {
  /** Methods of `Accessible` that were called, by name. */
  calls: Map<string, number>;
  close(): void;
}

export const ROLE = { frame: 23, button: 43, canvas: 6, panel: 39, table: 55, cell: 56, item: 32 };
const ROOT = "/org/a11y/atspi/accessible/root";
const CALL = 1;
const ERROR = "org.freedesktop.DBus.Error";
const MEMBERS = new Set(["Get", "GetRole", "GetState", "GetInterfaces", "GetChildren", "GetChildAtIndex"]);
const REGISTRY = "org.a11y.atspi.Registry";
/** active, enabled, sensitive, showing, visible. */
const STATES = [(1 << 1) | (1 << 8) | (1 << 24) | (1 << 25) | (1 << 30), 0];

/** Registers a program that says of its windows whatever a test wants, over the real bus. */
export async function startLyingProgram(
  session: string,
  name: string,
  objects: Record<string, Lie>,
): Promise<LyingProgram> {
  const first = dbus.createClient({ busAddress: session });
  const where = { destination: "org.a11y.Bus", path: "/org/a11y/bus", interface: "org.a11y.Bus", member: "GetAddress" };
  const busAddress = await first.invoke<string>(where);
  await first.close();
  const bus = dbus.createClient({ busAddress });
  await bus.invokeDbus({ member: "GetId" });
  const own = bus.name ?? "";
  const calls = new Map<string, number>();
  const reference = (path: string) => [own, path === "" ? ROOT : `/lie/${path}`];
  const root: Lie = { role: 75, name, children: Object.keys(objects).slice(0, 1) };
  /** Signature and body of what an object answers; undefined: never. */
  const answer = (lie: Lie, member: string, [first, second]: unknown[]): [string, unknown[]] | undefined => {
    const properties: Record<string, unknown> = {
      Name: ["s", lie.name],
      Description: ["s", ""],
      ChildCount: ["i", lie.count ?? lie.children.length],
      Parent: ["(so)", reference("")],
      ToolkitName: ["s", "lies"],
    };
    const property = properties[String(second)];
    if (member === "Get") return property === undefined ? undefined : ["v", [property]];
    if (member === "GetRole") return ["u", [lie.role]];
    if (member === "GetState") return ["au", [STATES]];
    if (member === "GetInterfaces") return ["as", [["org.a11y.atspi.Accessible"]]];
    if (member === "GetChildAtIndex") return ["(so)", [reference(lie.children[Number(first)] ?? "none")]];
    return lie.mute === true ? undefined : ["a(so)", [lie.children.map(reference)]];
  };
  const embed = { destination: REGISTRY, path: ROOT, interface: "org.a11y.atspi.Socket", member: "Embed" };
  await bus.invoke({ ...embed, signature: "(so)", body: [[own, ROOT]] });
  // The library would refuse what it does not know; from here on every call is answered by us.
  bus.connection.removeAllListeners("message");
  bus.connection.on("message", (message: Message) => {
    if (message.type !== CALL) return;
    const { path = "", member = "" } = message;
    calls.set(member, (calls.get(member) ?? 0) + 1);
    // As programs of Qt 5 do.
    if (member === "GetAll") return void bus.close();
    const lie = path === ROOT ? root : objects[path.replace("/lie/", "")];
    const known = lie === undefined || !MEMBERS.has(member) ? undefined : answer(lie, member, message.body ?? []);
    if (known !== undefined) bus.sendReply(message, ...known);
    else if (lie?.mute !== true || member !== "GetChildren") bus.sendError(message, `${ERROR}.UnknownMethod`, "no");
  });
  return { calls, close: () => void bus.close() };
}
