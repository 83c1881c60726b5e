/** The booth process: keys, devices, face engine, outbox, session and local API, put together and taken down in order. */

import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { MotionWatch } from "../biometrics/face/presentation/motion-watch.ts";
import { readInstallation } from "../crypto/authority/installation.ts";
import { RenewableTrust } from "../crypto/authority/renewable-trust.ts";
import { readTrust, tlsAuthorities } from "../crypto/authority/trust.ts";
import type { Clock, RandomBytes } from "../crypto/environment.ts";
import { faultOf } from "../crypto/errors/fault.ts";
import { checkFolder, claimFolder } from "../crypto/folder-claim.ts";
import { speaksTls } from "../crypto/keys/file-key.ts";
import { openKeyStore } from "../crypto/keys/open-store.ts";
import { defaultPolicy, type SessionPolicy } from "../crypto/policy/session-policy.ts";
import { type FileSwitchOptions, openFileSwitch } from "../devices/cabinet/file-switch.ts";
import { type Devices, openDevices } from "../devices/open.ts";
import type { FaultPlan } from "../devices/simulator/fault-plan.ts";
import { boothHealth, boothStatus } from "./api/booth-status.ts";
import { LocalApi, PREVIEW } from "./api/local-api.ts";
import { type BoothStatus, CameraFrameKind } from "./api/messages.ts";
import { ScreenClaim } from "./api/screen-claim.ts";
import { ScreenLink } from "./api/screen-link.ts";
import { deviceStates, ScreenStates } from "./api/screen-state.ts";
import { AuditTrail } from "./audit-trail.ts";
import { keysName, machineName, readBoothPast } from "./booth-past.ts";
import { boothSecrets } from "./booth-secrets.ts";
import { chipLoop } from "./capture/chip-loop.ts";
import { faceChallenge } from "./capture/face-challenge.ts";
import { faceLoop } from "./capture/face-loop.ts";
import { FingerExaminer } from "./capture/finger-examiner.ts";
import { FingerPresence, fingerLoop, liftLoop } from "./capture/finger-loop.ts";
import { InspectionDesk, inspectionStatus } from "./capture/inspection.ts";
import { pageLoop } from "./capture/page-loop.ts";
import { pickupCheck } from "./capture/pickup-check.ts";
import { portraitBurst } from "./capture/portrait-burst.ts";
import { RevivedDetector } from "./capture/revived-detector.ts";
import { signLoop } from "./capture/sign-loop.ts";
import { JournalKeys } from "./journal/journal-keys.ts";
import { giveMemoryBack, limitArenas } from "./memory.ts";
import { deviceRefusal } from "./office/device-permit.ts";
import { OfficeLink } from "./office/office-link.ts";
import { OrderDesk } from "./office/order-desk.ts";
import { RenewableKey } from "./office/renewable-key.ts";
import { simulatedSensorKeys } from "./office/sensor-keys.ts";
import { KEY_REPLACED, RENEWED, TrustKeeper } from "./office/trust-keeper.ts";
import { openOutbox } from "./outbox/open-outbox.ts";
import { Readiness } from "./readiness.ts";
import { receiptPrinting } from "./sealing/receipt-printing.ts";
import { SealChain } from "./sealing/seal-chain.ts";
import { SEALED, unnotedPackages } from "./sealing/sealed-entries.ts";
import { discardUnfinished, sealing } from "./sealing/sealing.ts";
import { seenOf } from "./seen-screen.ts";
import { ServerLogWatch } from "./server-log-watch.ts";
import type { Activity } from "./session/activity.ts";
import { deviceProblem } from "./session/allowed-devices.ts";
import { SessionHost } from "./session/session-host.ts";
import { pickupVerdict } from "./session/verdict.ts";
import { SlipBook } from "./slip/book.ts";
import { slipCheck } from "./slip/check.ts";
import { readSpecimen } from "./specimen.ts";
import { staffCheck } from "./staff/check.ts";
import { StaffRoll } from "./staff/roll.ts";
import { TamperWatch } from "./tamper-watch.ts";
import { readTrustedCsca } from "./trusted-csca.ts";
import { VERSION } from "./version.ts";
import { Witnessing } from "./witnessing.ts";

export interface BoothOptions {
  /** The data folder; the booth's part of it is `<data>/booth`. */
  readonly data: string;
  /** 0: any free port. */
  readonly port: number;
  readonly passphraseFile?: string;
  /** Descriptor that gives the PIN of the token, where keys lie in one. */
  readonly pinFd?: number;
  /** A synthetic person's folder: its devices are simulated. Left out: real devices. */
  readonly person?: string;
  readonly faults?: FaultPlan;
  readonly reader?: "pcscd" | "in-process";
  /** The image file in which a page scanner leaves the page on its glass. */
  readonly scannerFile?: string;
  /** Where the cabinet's switch is; without one nobody notices that it is opened. */
  readonly cabinetSwitch?: FileSwitchOptions;
  readonly policy?: SessionPolicy;
  /** Free bytes under which no session begins. */
  readonly leastFreeBytes?: number;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Logger;
}

export interface RunningBooth {
  readonly url: string;
  readonly devices: Devices;
  /** Ends the process's part in order; a running session stays in its journal. */
  close(): Promise<void>;
}

/** Built: `dist/booth/main.js` beside `dist/screens/booth`; from the sources, the same built files. */
const SCREENS = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../dist/screens/booth" : "../screens/booth", import.meta.url),
);

/** Passports checked at pick-up that the status page shows. */
const PICKUPS_SHOWN = 20;
/** Milliseconds after a session's end in which its loops let go of their last pictures. */
const LET_GO_MS = 1500;

export async function runBooth(options: BoothOptions): Promise<RunningBooth> {
  limitArenas();
  const { clock, random, log } = options;
  const startedAt = clock.now();
  const folder = join(resolve(options.data), "booth");
  await checkFolder(folder);
  const installation = await readInstallation(folder);
  const lock = await claimFolder(folder, "booth");
  const secrets = boothSecrets(folder, options);
  const [store, trusted, detector, slips, chain, csca, specimen] = await Promise.all([
    openKeyStore(join(folder, "keys"), secrets, random),
    readTrust(join(folder, "trust")),
    RevivedDetector.open((error) => log.error({ fault: faultOf(error) }, "face engine opened again")),
    SlipBook.open(folder, clock),
    SealChain.open(folder, clock, random),
    readTrustedCsca(folder),
    options.person === undefined ? null : readSpecimen(options.person),
  ]);
  const [ownKey, journalKeys] = await Promise.all([
    store.load("booth-identity"),
    JournalKeys.open({ store, folder: join(folder, "sessions"), random }),
  ]);
  const identity = new RenewableKey(ownKey);
  const trust = new RenewableTrust(trusted);
  // Node's TLS cannot use a key in a token.
  const tlsKey = new RenewableKey(speaksTls(ownKey) ? ownKey : await store.load("booth-tls"));
  const { boothId, serverUrl, office, pkiUrl } = installation;
  let keeper: TrustKeeper | undefined;
  let witnessing: Witnessing | undefined;
  let serverLog: ServerLogWatch | undefined;
  let hostChanged = () => {};
  const outbox = await openOutbox({
    folder,
    boothId,
    serverUrl,
    identity: tlsKey,
    trust,
    clock,
    random,
    revoked: (certificate, at) => keeper?.revoked(certificate, at) ?? false,
    onHeartbeat: (heartbeat) => {
      // A disk that is full costs evidence, not work.
      void chain.heard(heartbeat).catch((error) => log.warn({ fault: faultOf(error) }, "server's time not kept"));
    },
    onContact: async (client, signal) => {
      try {
        await witnessing?.contact(client, signal);
      } finally {
        await serverLog?.contact(client, signal);
      }
    },
    onFault: (error) => log.error({ fault: faultOf(error) }, "outbox fault"),
  });
  const devices = openDevices({
    clock,
    random,
    permit: (info) => deviceRefusal(info, keeper?.hotList, installation.devices ?? null, clock.now()),
    ...(options.person === undefined ? {} : { sensorKeys: await simulatedSensorKeys(folder, secrets, random) }),
    ...(options.person === undefined ? {} : { person: options.person, sees: () => seenOf(host) }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    ...(options.reader === undefined ? {} : { reader: options.reader }),
    ...(options.scannerFile === undefined ? {} : { scannerFile: options.scannerFile }),
  });
  const audit = await AuditTrail.open({
    folder,
    boothId,
    // The key that the log was opened with signs it to the end; a renewed one takes over at the next start.
    key: ownKey,
    clock,
    onFault: (error) => log.error({ fault: faultOf(error) }, "audit log fault"),
  });
  const [past, machine, cabinet] = await Promise.all([
    readBoothPast(join(folder, "audit.log")),
    machineName(boothId),
    options.cabinetSwitch === undefined ? undefined : openFileSwitch(options.cabinetSwitch),
  ]);
  witnessing = new Witnessing({ trail: audit, trust, clock });
  serverLog = new ServerLogWatch({
    ...{ folder, boothId, trust, clock, key: ownKey },
    note: (kind, data) => audit.note(kind, data),
  });
  for (const { packageId } of await unnotedPackages(join(folder, "audit.log"), outbox.list()))
    audit.note(SEALED, { package: packageId, noted: "at the next start" });
  const keys = () => keysName([identity.keyId, journalKeys.ring.current.keyId]);
  audit.note("booth.started", { version: VERSION, keys: keys(), ...(machine === null ? {} : { machine }) });
  const tamper = new TamperWatch({
    ...{ cabinet, clock, past, machine, keys: keys() },
    note: (kind, data) => audit.note(kind, data),
    onChange: () => {
      hostChanged();
      keeper?.soon();
    },
  });
  const kept = await TrustKeeper.open({
    ...{ folder, boothId, software: VERSION, store, identity, tls: tlsKey, trust, clock },
    link:
      pkiUrl === undefined
        ? undefined
        : new OfficeLink({
            url: pkiUrl,
            get authorities() {
              return tlsAuthorities(trust, "servers");
            },
            credentials: () => tlsKey.tls(),
          }),
    note: (kind, data) => {
      audit.note(kind, kind === RENEWED || kind === KEY_REPLACED ? { ...data, keys: keys() } : data);
      hostChanged();
    },
    journal: journalKeys,
    sealed: () => chain.head,
    devices: () => deviceStates(devices).map(({ kind, state, code }) => ({ kind, state, code })),
    tamper: () => tamper.report(),
    onHotList: () => devices.reconsider(),
    onRenewed: () => outbox.identify(tlsKey.tls()),
    onTrust: (followed) => {
      trust.replace(followed);
      outbox.identify(tlsKey.tls(), tlsAuthorities(trust, "servers"));
    },
    onFault: (error) => log.warn({ fault: faultOf(error) }, "trust not brought up to date"),
  });
  keeper = kept;
  if (kept.refusedKey !== null)
    log.warn({ key: kept.refusedKey }, "an officer refused this key; to ask with a new one: kabina booth ask-again");
  devices.reconsider();
  const readiness = await Readiness.watch(
    {
      folder,
      clock,
      certificate: () => identity.chain[0]!,
      trustProblem: () => kept.problem() ?? tamper.problem(),
      clockOffsetMs: () => chain.clockOffsetMs(),
      outbox,
      ...(options.leastFreeBytes === undefined ? {} : { leastFreeBytes: options.leastFreeBytes }),
    },
    () => hostChanged(),
  );

  const sealingFolder = join(folder, "sealing");
  const presence = new FingerPresence();
  const inspection = new InspectionDesk(join(folder, "terminal"), secrets);
  await inspection.look();
  const examiner = new FingerExaminer();
  const tools = {
    devices,
    browser: devices.browser,
    detector,
    motion: new MotionWatch(),
    examiner,
    clock,
    random,
  };
  const pickups: BoothStatus["pickups"] = [];
  const face = { ...tools, previewUrl: () => `/api/preview/${host.pictures.name(PREVIEW)}` };
  const activities: Parameters<typeof SessionHost.start>[0]["activities"] = {
    slip: slipCheck(slips, () => kept.strangeSlip()),
    chip: chipLoop({
      ...tools,
      csca: [...csca, ...(specimen?.csca ?? [])],
      inspection: (now) => inspection.at(now),
    }),
    scan: pageLoop(devices.pages),
    sign: signLoop(devices),
    face: faceLoop(face),
    burst: portraitBurst(face),
    challenge: faceChallenge(face),
    finger: fingerLoop(tools, presence),
    lift: liftLoop(tools, presence),
    staff: staffCheck(new StaffRoll(folder, clock), (kind, data) => audit.note(kind, data)),
    seal: sealing({
      folder: sealingFolder,
      boothId,
      stands: { office },
      get signer() {
        return identity.standing;
      },
      get recipients() {
        return kept.recipients;
      },
      clock,
      random,
      outbox,
      slips,
      devices,
      place: (packageId) => chain.place(packageId),
      audit: (kind, data) => audit.note(kind, data),
      hotList: () => kept.hotList ?? null,
      boothExceptions: () => [
        ...(readiness.clockProblem() === null ? [] : ["clock/suspect"]),
        ...(tamper.problem() === null ? [] : ["booth/cabinet-open"]),
        ...(kept.hotList && clock.now() > new Date(kept.hotList.expires) ? ["device/hot-list-old"] : []),
      ],
    }),
    sealAgain,
    print: receiptPrinting(devices),
    pickup: pickupCheck({
      ...tools,
      order: (question, signal) => new OrderDesk({ serverUrl, identity: tlsKey, trust }).ask(question, signal),
      note: (kind, data) => audit.note(kind, data),
      told: (checks) => {
        pickups.unshift({ at: clock.now().toISOString(), verdict: pickupVerdict(checks), checks });
        pickups.length = Math.min(pickups.length, PICKUPS_SHOWN);
      },
    }),
  };
  const gate = () =>
    readiness.problem() ?? deviceProblem(devices, (options.policy ?? kept.policy ?? defaultPolicy).devices);
  const host: SessionHost = await SessionHost.start({
    // Asked at the beginning of each session: a policy that came meanwhile holds for the next one.
    get policy() {
      return options.policy ?? kept.policy ?? defaultPolicy;
    },
    clock,
    random,
    journal: { folder: join(folder, "sessions"), keys: journalKeys.ring, random },
    software: VERSION,
    activities,
    gate,
    cameraSource: () => (devices.camera.current === null && devices.browser.current !== null ? "browser" : "booth"),
    begun: () => showDevices(),
    beforeErase: ({ context }) => discardUnfinished(sealingFolder, context.packageId),
    afterErase: () => {
      void examiner.rest();
      void detector.rest();
      setTimeout(giveMemoryBack, LET_GO_MS).unref();
    },
    audit: (kind, data) => audit.note(kind, data),
    log: (what, details = {}) => log.info(details, what),
  });
  hostChanged = () => host.changed();

  const states = new ScreenStates({
    host,
    devices,
    now: () => clock.now(),
    specimen: specimen?.lines ?? null,
    gate,
  });
  const status = {
    ...{ boothId, version: VERSION, startedAt, now: () => clock.now(), host, devices, outbox, readiness },
    inspection: () => inspectionStatus(inspection.standing, clock.now()),
    awaitingKey: () => kept.awaiting,
    refusedKey: () => kept.refusedKey,
    pickups: () => pickups,
  };
  const api = new LocalApi({
    host,
    screens: SCREENS,
    camera: () => devices.camera.current,
    status: (language) => boothStatus(status, language),
    health: () => boothHealth(status),
  });
  const link = new ScreenLink(api.server, {
    host,
    states,
    claim: new ScreenClaim(random, () => clock.monotonic()),
    isOwn: (request) => api.isOwn(request, true),
    cameraFrame: (bytes) => {
      try {
        devices.screen.camera.push(bytes.subarray(1), bytes[0] === CameraFrameKind.still ? "still" : "preview");
      } catch (error) {
        log.warn({ fault: faultOf(error) }, "browser camera frame refused");
      }
    },
    cameraAvailable: (available) => devices.screen.camera.setPresent(available),
  });
  devices.screen.camera.onWish(({ stillsWanted }) =>
    host.changeLive(({ face }) => {
      face.preview.stillsWanted = stillsWanted;
    }),
  );
  const showDevices = () =>
    host.changeLive(({ face, document }) => {
      face.preview.canUseBooth = devices.camera.current !== null;
      face.preview.canUseBrowser = devices.browser.current !== null;
      document.canScan = devices.pages.current !== null;
    });
  showDevices();
  const forgetBrowser = devices.browser.on(showDevices);
  const forgetPages = devices.pages.on(showDevices);
  const forgetDevices = devices.on((kind, event) => {
    if (event.type === "code-scanned" && host.step === "slip")
      void host.person({ type: "slip.enter", value: event.code.text }).catch(() => {});
    if (event.type !== "health") return;
    log.info({ kind, state: event.health.state, code: event.health.problem?.code ?? null }, "device");
    showDevices();
  });
  const delivered = new Set(outbox.list().flatMap(({ packageId, state }) => (state === "received" ? packageId : [])));
  outbox.onChange(({ packageId, state, lastError }) => {
    log.info({ packageId, state, lastError }, "package");
    if (state !== "received" || delivered.has(packageId)) return;
    delivered.add(packageId);
    audit.note("package.delivered", { package: packageId });
  });

  let closing: Promise<void> | undefined;
  const close = async () => {
    forgetDevices();
    forgetBrowser();
    forgetPages();
    link.close();
    await api.close();
    await host.close();
    readiness.close();
    tamper.close();
    cabinet?.close();
    kept.close();
    await Promise.all([devices.close(), outbox.close(), detector.close(), examiner.rest()]);
    audit.note("booth.stopped");
    await audit.close();
    lock.close();
    log.info("booth stopped");
  };
  kept.start();
  const port = await api.listen(options.port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const url = `http://127.0.0.1:${port}/`;
  log.info({ url, boothId, readyMs: Math.round(clock.now().getTime() - startedAt.getTime()) }, "booth ready");
  return {
    url,
    devices,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** After a failed sealing: waits, then tries again by itself. */
const sealAgain: Activity = async (stage) => {
  await stage.pause(stage.session.policy.sealRetryMs);
  await stage.emit({ type: "retry" });
};
