/** What a log says of a fault: if this fails, a person's data stands in a log file; or an engineer finds nothing there. */
import { describe, expect, test } from "@jest/globals";
import { faultOf } from "../../../crypto/errors/fault.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a fault in the log", () => {
  test("of JSON that cannot be read quotes nothing of it, and says where", () => {
    const error = thrownBy(() => JSON.parse("ERIKSSON, ANNA MARIA"));
    expect(String(error)).toContain("ERIKS");
    expect(JSON.stringify(faultOf(error))).not.toContain("ERIKS");
    expect(faultOf(error)).toMatchObject({ kind: "SyntaxError" });
    expect(faultOf(error).at.join()).toContain("fault.test");
  });

  test.each([
    ["a message", () => new Error("ERIKSSON")],
    ["a message that looks like a place", () => new Error("x\n    at ERIKSSON (a.js:1:1)")],
    ["a code", () => Object.assign(new Error("x"), { code: "ERIKSSON, ANNA" })],
    ["details", () => new KabinaError("record/malformed", { name: "ERIKSSON" })],
    ["a cause", () => new Error("x", { cause: new Error("ERIKSSON") })],
    ["no error at all", () => "ERIKSSON"],
  ])("with a person in %s keeps the person out", (_where, make) => {
    expect(JSON.stringify(faultOf(make()))).not.toContain("ERIKSSON");
  });

  test("of the system keeps the system's code and call", () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    expect(faultOf(error)).toMatchObject({ code: "ENOSPC", call: "write" });
    expect(faultOf(new KabinaError("package/expired", {}, { cause: error }))).toMatchObject({
      code: "package/expired",
      cause: { code: "ENOSPC" },
    });
  });
});
