import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { openStore } from "../../../helper-daemon/store/open-store.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

test("sessions are listed in pages, the newest first; one that changes meanwhile costs no other its place", () => {
  const home = temporaryFolder("session-list");
  onTestFinished(() => removeFolder(home));
  const store = openStore(join(home, "loopd.db"), createStamp("boot"));
  onTestFinished(() => store.close());
  const create = (session: string) => {
    store.log.append([{ kind: "session.created", session, data: { title: session, workspace: home, nonce: "n" } }]);
  };
  const names = Array.from({ length: 7 }, (_, index) => `s${index}`);
  names.forEach(create);
  const first = store.lists.sessions({ limit: 3 });
  expect(first.sessions.map(({ session }) => session)).toEqual(["s6", "s5", "s4"]);
  // Both the last one of that page and one of the next move to the top.
  for (const session of ["s4", "s2"]) {
    store.log.append([{ kind: "session.cleared", session, data: { by: "me" } }]);
  }
  const second = store.lists.sessions({ limit: 3, before: first.next });
  expect(second.sessions.map(({ session }) => session)).toEqual(["s3", "s1", "s0"]);
  expect(second.next).toBeUndefined();
});
