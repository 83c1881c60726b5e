/** If this failed, a person would leave without their slip, or a file of ours would stay on the disk. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import { printerLimits } from "../../../devices/limits.ts";
import { cupsPrinters } from "../../../devices/printer/cups.ts";
import { screenPrinter } from "../../../devices/printer/screen.ts";

const pdf = new TextEncoder().encode("%PDF-1.4\nslip\n%%EOF\n");

describe("the slip on the screen", () => {
  test("is kept in memory for the screen, the newest ones only, and forgotten with the session", async () => {
    const driver = screenPrinter(systemClock);
    const printer = await driver.open("screen:printer");
    const jobs: string[] = [];
    for (let count = 0; count < printerLimits.slipsKept + 3; count += 1) {
      const { where, job } = await printer.print({ title: "slip", pdf });
      expect(where).toBe("screen");
      jobs.push(job);
    }
    expect(driver.slip(jobs[0]!)).toBeUndefined();
    expect(driver.slip(jobs.at(-1)!)).toEqual(pdf);
    driver.forget();
    expect(driver.slip(jobs.at(-1)!)).toBeUndefined();
    await expect(printer.print({ title: "x", pdf: Uint8Array.of(1) })).rejects.toMatchObject({
      code: "device/bad-data",
    });
  });
});

describe("the slip on paper", () => {
  let folder: string;
  const script = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kabina-lp-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("goes to lp through a pipe, with a title that is no option", async () => {
    const lp = script(
      "lp",
      `printf '%s\\n' "$@" > ${folder}/args; cat > ${folder}/stdin; echo 'request id is Slip-7 (1 file(s))'`,
    );
    const lpstat = script("lpstat", "echo Slip");
    const driver = cupsPrinters({ clock: systemClock, lp, lpstat });
    const [info] = await driver.list();
    const printer = await driver.open(info!.id);
    expect(await printer.print({ title: "-o x; rm $(y)", pdf })).toEqual({ where: "paper", job: "Slip-7" });
    expect(readFileSync(join(folder, "args"), "utf8").split("\n")).toEqual([
      "-d",
      "Slip",
      "-t",
      "-o x  rm   y ",
      "-",
      "",
    ]);
    expect(new Uint8Array(readFileSync(join(folder, "stdin")))).toEqual(pdf);
  });

  test("a printer that refuses, one that hangs, and none at all each have their own failure", async () => {
    const lpstat = script("lpstat2", "echo Slip");
    const open = async (lp: string) => cupsPrinters({ clock: systemClock, lp, lpstat }).open("cups:Slip");
    const refusing = await open(script("lp2", "echo 'lp: out of paper' >&2; exit 1"));
    await expect(refusing.print({ title: "t", pdf })).rejects.toMatchObject({
      code: "device/open-failed",
      details: { reason: "lp: out of paper" },
    });
    const hanging = await open(script("lp3", "exec sleep 60"));
    await expect(hanging.print({ title: "t", pdf }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: "device/timeout",
    });
    const missing = cupsPrinters({ clock: systemClock, lpstat: "no-such-lpstat" });
    await expect(missing.list()).rejects.toMatchObject({ code: "device/driver-missing" });
    const down = cupsPrinters({ clock: systemClock, lpstat: script("lpstat3", "exit 1") });
    expect(await down.list()).toEqual([]);
    await expect(down.open("cups:Slip")).rejects.toMatchObject({ code: "device/no-printer" });
  });
});
