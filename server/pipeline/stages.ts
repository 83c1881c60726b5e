/** The stages of this server, in order, with their engines; the face engine is started at the first portrait. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FaceComparer } from "../../biometrics/face/detector.ts";
import { anchorsOf } from "../../crypto/authority/trust.ts";
import type { ServerIdentity } from "../keys.ts";
import type { Store } from "../store/store.ts";
import { chipStage } from "./chip.ts";
import { deviceStage } from "./device.ts";
import { duplicatesStage } from "./duplicates.ts";
import { type FingerEngine, ThreadedFingerEngine } from "./finger-engine.ts";
import { GalleryFeed } from "./gallery-feed.ts";
import type { Knowledge } from "./knowledge.ts";
import { openStage } from "./open.ts";
import { qualityStage } from "./quality.ts";
import type { PipelineStage } from "./stage.ts";
import { validateStage } from "./validate.ts";

export interface Stages {
  readonly list: readonly PipelineStage[];
  readonly finger: FingerEngine;
  /** The gallery of a store: `ready()` loads it before the first case asks. */
  readonly feedOf: (store: Store) => GalleryFeed;
  close(): Promise<void>;
}

/** `csca`: certificates of countries, DER; `known`: what this server knows beyond a package. */
export function createStages(
  { recipients, trust }: ServerIdentity,
  csca: readonly Uint8Array[],
  known: Knowledge,
): Stages {
  let face: Promise<FaceComparer | undefined> | undefined;
  const startFace = async (): Promise<FaceComparer | undefined> => {
    try {
      const { openFaceDetector } = await import("../../biometrics/face/detector.ts");
      return await openFaceDetector();
    } catch {
      // The check then says "not checked, because the engine is absent": the case goes on.
      return undefined;
    }
  };
  const finger = new ThreadedFingerEngine();
  const feeds = new Map<Store, GalleryFeed>();
  const feedOf = (store: Store) => {
    let feed = feeds.get(store);
    if (!feed) {
      feed = new GalleryFeed(finger, store);
      feeds.set(store, feed);
    }
    return feed;
  };
  // Asked for each case: another root may have followed.
  const anchors = () => anchorsOf(trust);
  const engines = {
    finger,
    face: () => {
      face ??= startFace();
      return face;
    },
  };
  return {
    finger,
    feedOf,
    list: [
      openStage({ anchors, recipients }),
      validateStage,
      deviceStage(known, anchors),
      chipStage(csca),
      qualityStage(engines, known),
      duplicatesStage(finger, feedOf),
    ],
    close: async () => {
      await finger.close();
      await (await face)?.close();
    },
  };
}

/** Certificates of countries, DER: the `.der` and `.cer` files of `<data>/server/trust/csca`; none when the folder is absent. */
export async function readCountries(folder: string): Promise<Uint8Array[]> {
  const csca = join(folder, "trust", "csca");
  const names = await readdir(csca).catch(() => [] as string[]);
  return Promise.all(names.filter((name) => /\.(der|cer)$/.test(name)).map((name) => readFile(join(csca, name))));
}
