/** The console and the pipeline behind it, put together. */
import { join } from "node:path";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { BodyStore } from "../intake/body-store.ts";
import type { ServerIdentity } from "../keys.ts";
import { closeListener, listen } from "../listening.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import { createStages, readCountries } from "../pipeline/stages.ts";
import type { Store } from "../store/store.ts";
import { openDecisionSigner } from "./decision-signer.ts";
import { Decisions } from "./decisions.ts";
import { EventStreams } from "./events.ts";
import { createConsoleListener } from "./listener.ts";
import { Sessions } from "./sessions.ts";

export interface ReviewOptions {
  /** `<data>/server` */
  readonly folder: string;
  readonly identity: ServerIdentity;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly store: Store;
  readonly bodies: BodyStore;
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number;
  /** The built console. */
  readonly files: string;
  readonly onFault: (error: unknown) => void;
}

export interface Review {
  readonly pipeline: Pipeline;
  readonly port: number;
  signInLink(): string;
  close(): Promise<void>;
}

/** In the server's folder: the link that signs an operator in, for the server's owner only. */
export const SIGN_IN_FILE = "sign-in";

export async function startReview(options: ReviewOptions): Promise<Review> {
  const { folder, identity, clock, random, store, bodies, onFault } = options;
  const events = new EventStreams(store, clock);
  const onChange = () => events.push();
  const stages = createStages(identity, await readCountries(folder));
  const packagePath = (sha256: string) => bodies.path(sha256);
  const pipeline = new Pipeline({ store, clock, stages: stages.list, packagePath, onChange, onFault });
  const signer = await openDecisionSigner(join(folder, "audit.log"), identity.keys, clock);
  const decisions = new Decisions({ store, clock, signer, onChange, onFault });
  const link = (token: string) => `http://127.0.0.1:${port}/#token=${token}`;
  const sessions = new Sessions({
    clock,
    random,
    operator: { id: "operator-1", name: "Demonstration operator", roles: ["operator"] },
    publish: (token) => writeFileDurably(join(folder, SIGN_IN_FILE), link(token), 0o600),
  });
  const listener = createConsoleListener({ store, clock, sessions, decisions, events, files: options.files, onFault });
  const port = await listen(listener, options.port, "127.0.0.1");
  await sessions.start();
  decisions.resume();
  return {
    pipeline,
    port,
    signInLink: () => link(sessions.token),
    async close() {
      events.close();
      await closeListener(listener);
      await decisions.close();
      await pipeline.close();
      await stages.close();
      await signer.close();
    },
  };
}
