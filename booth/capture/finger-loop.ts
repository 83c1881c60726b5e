/** One try of one finger: the print is taken, judged, compared with the finger's other tries and with the other fingers. */
import {
  assessFinger,
  bestOfN,
  extractTemplate,
  type FingerAssessment,
  type FingerReason,
  matchTemplates,
  type Template,
} from "../../biometrics/finger/finger.ts";
import { decodeGrey, encodeGreyPng } from "../../biometrics/image/codec.ts";
import type { Clock } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { FingerPosition } from "../../crypto/package/enrolment.ts";
import type { FingerProgress, FingerRetryReason } from "../../devices/port.ts";
import type { FingerHint } from "../api/messages.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { BlobId, FingerTry } from "../session/captures.ts";
import type { FingerTrack } from "../session/context.ts";
import { fingerInHand } from "../session/hands.ts";
import type { SessionPolicy } from "../session/policy.ts";
import { type BoothDevices, need } from "./devices.ts";
import { captureLimits } from "./limits.ts";

export interface FingerTools {
  readonly devices: BoothDevices;
  readonly clock: Clock;
}

const retryHints: Readonly<Record<FingerRetryReason, FingerHint>> = {
  "too-short": "hold-still",
  "not-centred": "place-centre",
  "lift-and-retry": "lift-finger",
  unclear: "clean-sensor",
};

/** In the order of `FingerReason`: what to tell a person of a print that is not good enough. */
const reasonHints: Readonly<Record<FingerReason, FingerHint>> = {
  "no-finger": "place-finger",
  "too-small": "whole-fingertip",
  shifted: "place-centre",
  rotated: "place-flat",
  "too-dry": "finger-dry",
  "too-wet": "finger-wet",
  smudged: "hold-still",
};

/** Whether a finger lies on the sensor, as far as the sensor tells. */
export class FingerPresence {
  lying = false;
}

export function fingerLoop(tools: FingerTools, presence: FingerPresence): Activity {
  return async (stage) => {
    const current = fingerInHand(stage.session.hands)?.track;
    if (current === undefined) return;
    stage.live(({ finger }) => {
      finger.hint = "place-finger";
    });
    const print = await presentFinger(tools, presence, current.position, stage);
    if (print === undefined) return;
    const { image, assessment } = print;
    const blob: BlobId = `finger-${current.position}-${current.tries.length}`;
    const png = await encodeGreyPng(image);
    const template = extractTemplate(image);
    const sameAs = await sameFingerAs(template, current.position, stage);
    const taken: FingerTry = {
      blob,
      quality: Math.min(100, Math.max(0, Math.round(assessment.score))),
      measures: measuresOf(assessment, stage.session.policy),
      hints: hintsOf(assessment, stage.session.policy, current.position, sameAs),
      capturedAt: tools.clock.now().toISOString(),
      sameAs,
    };
    const earlier = await Promise.all(current.tries.map((one) => templateOf(stage.blob(one.blob))));
    const { kept, scoreMatrix } = choose([...current.tries, taken], [...earlier, template], stage.session.policy);
    await stage.emit(
      { type: "finger.taken", position: current.position, taken, kept, scoreMatrix },
      new Map([[blob, png]]),
    );
  };
}

/** Waits until the finger is lifted and the result has been seen. */
export function liftLoop(tools: FingerTools, presence: FingerPresence): Activity {
  return async (stage) => {
    await stage.pause(captureLimits.resultShownMs);
    const until = tools.clock.monotonic() + captureLimits.liftWaitMs;
    while (presence.lying && tools.clock.monotonic() < until && !stage.signal.aborted) await stage.pause(100);
    presence.lying = false;
    await stage.emit({ type: "finger.lifted" });
  };
}

/** A picture with a finger in it; what touched the sensor and is no finger does not count as a try. */
async function presentFinger(tools: FingerTools, presence: FingerPresence, finger: FingerPosition, stage: Stage) {
  for (;;) {
    const image = await capture(tools, presence, finger, stage);
    if (image === undefined) return undefined;
    const assessment = assessFinger(image);
    if (assessment.present) return { image, assessment };
    await stage.emit({ type: "finger.lifted" });
    stage.live(({ finger: shown }) => {
      shown.hint = "place-finger";
    });
    await stage.pause(captureLimits.resultShownMs);
  }
}

async function capture(tools: FingerTools, presence: FingerPresence, finger: FingerPosition, stage: Stage) {
  while (!stage.signal.aborted) {
    const sensor = await need(tools.devices.fingerprint, "fingerprint", stage);
    const off = sensor.on((event) => {
      if (event.type === "finger-lifted") presence.lying = false;
    });
    try {
      const onProgress = (progress: FingerProgress) => showProgress(progress, presence, stage);
      return await sensor.capture({
        finger,
        signal: stage.signal,
        timeoutMs: captureLimits.waitForPersonMs,
        onProgress,
      });
    } catch (error) {
      // Nobody has put a finger down yet: that is the person's time, not a fault.
      if (!isCoded(error) || error.code !== "device/timeout") throw error;
    } finally {
      off();
    }
  }
  return undefined;
}

function showProgress(progress: FingerProgress, presence: FingerPresence, stage: Stage): void {
  switch (progress.state) {
    case "placed":
      presence.lying = true;
      void stage.emit({ type: "finger.placed" }).catch(() => {});
      stage.live(({ finger }) => {
        finger.hint = "hold-still";
      });
      return;
    case "lifted":
      presence.lying = false;
      return;
    case "retry":
      void stage.emit({ type: "finger.lifted" }).catch(() => {});
      stage.live(({ finger }) => {
        finger.hint = retryHints[progress.reason];
      });
      return;
  }
}

/**
 * Of several prints, the one that agrees best with the others; prints that are good enough are preferred to those that are
 * not, and a print of another finger is never taken while there is a choice.
 */
export function choose(
  tries: readonly Pick<FingerTry, "quality" | "sameAs">[],
  templates: readonly Template[],
  policy: SessionPolicy,
): { kept: number | null; scoreMatrix: readonly (readonly number[])[] } {
  const scoreMatrix = bestOfN(templates).matrix.map((row) => row.map((score) => Math.round(score * 10) / 10));
  const all = tries.map((_, index) => index);
  const own = all.filter((index) => tries[index]?.sameAs === null);
  const good = own.filter((index) => (tries[index]?.quality ?? 0) >= policy.fingers.wanted);
  const eligible = good.length > 0 ? good : own.length > 0 ? own : all;
  const best = bestOfN(eligible.map((index) => templates[index] as Template)).index;
  return { kept: eligible[best] ?? null, scoreMatrix };
}

async function templateOf(png: Uint8Array): Promise<Template> {
  return extractTemplate(await decodeGrey(png, { ppi: 500 }));
}

/** The other finger of which this print is too; null when none. */
async function sameFingerAs(template: Template, position: FingerPosition, stage: Stage): Promise<string | null> {
  for (const { track, print } of keptPrints(stage)) {
    if (track.position === position) continue;
    if (matchTemplates(template, await templateOf(print)).score >= captureLimits.sameFingerScore) return track.position;
  }
  return null;
}

function keptPrints(stage: Stage): { track: FingerTrack; print: Uint8Array }[] {
  const { right, left } = stage.session.hands;
  return [...right.tracks, ...left.tracks].flatMap((track) => {
    const kept = track.kept === null ? undefined : track.tries[track.kept];
    return kept === undefined ? [] : [{ track, print: stage.blob(kept.blob) }];
  });
}

/** Match scores between the kept prints of different fingers. */
export async function crossMatch(stage: Stage): Promise<{ a: FingerPosition; b: FingerPosition; score: number }[]> {
  const prints = await Promise.all(
    keptPrints(stage).map(async ({ track, print }) => ({
      position: track.position,
      template: await templateOf(print),
    })),
  );
  return prints.flatMap((one, index) =>
    prints.slice(index + 1).map((other) => ({
      a: one.position,
      b: other.position,
      score: Math.round(matchTemplates(one.template, other.template).score * 10) / 10,
    })),
  );
}

function hintsOf(
  assessment: FingerAssessment,
  policy: SessionPolicy,
  position: FingerPosition,
  sameAs: string | null,
): FingerHint[] {
  if (sameAs !== null) return [sameAs.split("-")[0] === position.split("-")[0] ? "another-finger" : "other-hand"];
  if (assessment.score >= policy.fingers.wanted) return [];
  const hints = assessment.reasons.map((reason) => reasonHints[reason]);
  return hints.length > 0 ? hints : ["try-again"];
}

function measuresOf(assessment: FingerAssessment, policy: SessionPolicy): FingerTry["measures"] {
  const raw = Object.entries(assessment.measures).map(([name, value]) => ({ name, value, passes: true, hint: null }));
  return [
    { name: "quality", value: assessment.score, passes: assessment.score >= policy.fingers.wanted, hint: null },
    ...raw,
  ];
}
