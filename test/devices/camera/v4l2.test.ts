/** If this failed, a connected camera would not be found, or its metadata node would be opened in its place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { listVideoDevices, watchVideoDevices } from "../../../devices/camera/v4l2.ts";

describe("video devices", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kabina-v4l2-"));
    for (const name of ["sys", "dev"]) mkdirSync(join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const folders = () => ({ sys: join(folder, "sys"), dev: join(folder, "dev") });
  const plug = (node: string, index: string, name: string) => {
    mkdirSync(join(folder, "sys", node));
    writeFileSync(join(folder, "sys", node, "index"), `${index}\n`);
    writeFileSync(join(folder, "sys", node, "name"), `${name}\n`);
    writeFileSync(join(folder, "dev", node), "");
  };

  test("in the order of their numbers, each camera once", async () => {
    plug("video10", "0", "Tenth");
    plug("video2", "0", "Second");
    plug("video3", "1", "Second, metadata");
    mkdirSync(join(folder, "sys", "v4l-subdev0"));
    expect(await listVideoDevices(folders())).toEqual([
      { path: join(folder, "dev", "video2"), name: "Second" },
      { path: join(folder, "dev", "video10"), name: "Tenth" },
    ]);
  });

  test("a machine without cameras has none", async () => {
    expect(await listVideoDevices({ sys: join(folder, "none"), dev: folder })).toEqual([]);
  });

  test("a camera that is plugged in is noticed; other files are not; watching ends", async () => {
    const stop = new AbortController();
    const seen = new Promise<void>((resolve) => watchVideoDevices(resolve, stop.signal, folders()));
    writeFileSync(join(folder, "dev", "ttyUSB0"), "");
    plug("video0", "0", "New");
    await seen;
    stop.abort();
    watchVideoDevices(() => {}, stop.signal, folders());
    watchVideoDevices(() => {}, new AbortController().signal, { sys: "none", dev: join(folder, "none") });
  });
});
