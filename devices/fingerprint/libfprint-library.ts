/** libfprint-2 and the parts of GLib that it needs, bound through koffi. Only the child process loads them. */
import { createRequire } from "node:module";
import type koffiModule from "koffi";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

type Koffi = typeof koffiModule;
/** An opaque pointer of the library. */
export type Pointer = unknown;
/** GAsyncReadyCallback: source, result, data. */
export type Ready = (source: Pointer, result: Pointer) => void;

export interface FprintLibrary {
  readonly newContext: () => Pointer;
  readonly devices: (context: Pointer) => Pointer[];
  readonly name: (device: Pointer) => string;
  readonly driver: (device: Pointer) => string;
  readonly id: (device: Pointer) => string;
  readonly canCapture: (device: Pointer) => boolean;
  /** True once it was unplugged; while it is open, its context goes on to list it. */
  readonly isRemoved: (device: Pointer) => boolean;
  /** Bits: 1 needed, 2 present. */
  readonly fingerStatus: (device: Pointer) => number;
  readonly open: (device: Pointer, cancellable: Pointer, ready: Ready) => void;
  readonly openFinish: (device: Pointer, result: Pointer) => void;
  readonly close: (device: Pointer, ready: Ready) => void;
  readonly closeFinish: (device: Pointer, result: Pointer) => void;
  readonly capture: (device: Pointer, cancellable: Pointer, ready: Ready) => void;
  /** Throws a `FprintFailure`. */
  readonly captureFinish: (device: Pointer, result: Pointer) => FprintImage;
  readonly newCancellable: () => Pointer;
  readonly cancel: (cancellable: Pointer) => void;
  readonly unref: (object: Pointer) => void;
  /** Runs what is due in GLib's main context; never waits. True when something ran. */
  readonly iterate: () => boolean;
}

export interface FprintImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Pixels per millimetre; 0 when the driver does not say. */
  readonly ppmm: number;
}

/** A GError. */
export class FprintFailure extends Error {
  readonly domain: string;
  readonly number: number;

  constructor(domain: string, number: number, message: string) {
    super(message);
    this.name = "FprintFailure";
    this.domain = domain;
    this.number = number;
  }
}

const FEATURE_CAPTURE = 1;
/** What is larger is no print; checked before the bytes are copied. */
const IMAGE_BYTES = 64 * 1024 * 1024;

/** Rejects with `device/driver-missing` when koffi or libfprint is not installed. */
export function loadFprint(): FprintLibrary {
  const koffi = load("the package koffi", "npm install koffi", () => createRequire(import.meta.url)("koffi") as Koffi);
  const open = (file: string) => load(`the library ${file}`, "apt-get install libfprint-2-2", () => koffi.load(file));
  return bind(
    koffi,
    open("libfprint-2.so.2"),
    open("libgio-2.0.so.0"),
    open("libgobject-2.0.so.0"),
    open("libglib-2.0.so.0"),
  );
}

function load<T>(needs: string, install: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new KabinaError("device/driver-missing", { driver: "libfprint", needs, install }, { cause });
  }
}

type Library = ReturnType<Koffi["load"]>;

function bind(koffi: Koffi, fprint: Library, gio: Library, gobject: Library, glib: Library): FprintLibrary {
  koffi.proto("void KabinaReady(void *source, void *result, void *data)");
  koffi.struct("GError", { domain: "uint32", code: "int", message: "const char *" });
  koffi.struct("GPtrArray", { pdata: "void *", len: "uint32" });
  const f = (signature: string) => fprint.func(signature);
  const newContext = f("void *fp_context_new()");
  const getDevices = f("GPtrArray *fp_context_get_devices(void *context)");
  const getName = f("const char *fp_device_get_name(void *device)");
  const getDriver = f("const char *fp_device_get_driver(void *device)");
  const getId = f("const char *fp_device_get_device_id(void *device)");
  const hasFeature = f("int fp_device_has_feature(void *device, int feature)");
  const fingerStatus = f("int fp_device_get_finger_status(void *device)");
  const open = f("void fp_device_open(void *device, void *cancellable, KabinaReady *callback, void *data)");
  const openFinish = f("int fp_device_open_finish(void *device, void *result, _Out_ GError **error)");
  const close = f("void fp_device_close(void *device, void *cancellable, KabinaReady *callback, void *data)");
  const closeFinish = f("int fp_device_close_finish(void *device, void *result, _Out_ GError **error)");
  const capture = f(
    "void fp_device_capture(void *device, int wait, void *cancellable, KabinaReady *callback, void *data)",
  );
  const captureFinish = f("void *fp_device_capture_finish(void *device, void *result, _Out_ GError **error)");
  const imageWidth = f("unsigned int fp_image_get_width(void *image)");
  const imageHeight = f("unsigned int fp_image_get_height(void *image)");
  const imagePpmm = f("double fp_image_get_ppmm(void *image)");
  const imageData = f("void *fp_image_get_data(void *image, _Out_ size_t *length)");
  const newCancellable = gio.func("void *g_cancellable_new()");
  const cancel = gio.func("void g_cancellable_cancel(void *cancellable)");
  const unref = gobject.func("void g_object_unref(void *object)");
  const getProperty = gobject.func("void g_object_get(void *object, const char *name, ...)");
  const iteration = glib.func("int g_main_context_iteration(void *context, int mayBlock)");
  const quarkName = glib.func("const char *g_quark_to_string(uint32 quark)");
  const freeError = glib.func("void g_error_free(void *error)");

  const throwIfSet = (slot: readonly [Pointer | null]) => {
    const error = slot[0];
    if (error === null) return;
    const { domain, code, message } = koffi.decode(error, "GError") as {
      domain: number;
      code: number;
      message: string;
    };
    freeError(error);
    // Some releases of libfprint spell their domains with spaces: "fp - device - retry - quark".
    throw new FprintFailure((quarkName(domain) as string).replaceAll(" ", ""), code, message);
  };
  /** A callback that lives until it has been called once. */
  const once = (ready: Ready): Pointer => {
    const registered = koffi.register((source: Pointer, result: Pointer) => {
      try {
        ready(source, result);
      } finally {
        setImmediate(() => koffi.unregister(registered));
      }
    }, "KabinaReady *");
    return registered;
  };
  return {
    newContext: () => newContext(),
    devices: (context) => {
      const array = koffi.decode(getDevices(context), "GPtrArray") as { pdata: Pointer; len: number };
      return array.len === 0 ? [] : (koffi.decode(array.pdata, koffi.array("void *", array.len)) as Pointer[]);
    },
    name: (device) => getName(device) as string,
    driver: (device) => getDriver(device) as string,
    id: (device) => getId(device) as string,
    canCapture: (device) => hasFeature(device, FEATURE_CAPTURE) !== 0,
    isRemoved: (device) => {
      const removed = new Int32Array(1);
      getProperty(device, "removed", "int *", removed, "void *", null);
      return removed[0] !== 0;
    },
    fingerStatus: (device) => fingerStatus(device) as number,
    open: (device, cancellable, ready) => open(device, cancellable, once(ready), null),
    openFinish: (device, result) => {
      const error: [Pointer | null] = [null];
      openFinish(device, result, error);
      throwIfSet(error);
    },
    close: (device, ready) => close(device, null, once(ready), null),
    closeFinish: (device, result) => {
      const error: [Pointer | null] = [null];
      closeFinish(device, result, error);
      throwIfSet(error);
    },
    capture: (device, cancellable, ready) => capture(device, 1, cancellable, once(ready), null),
    captureFinish: (device, result) => {
      const error: [Pointer | null] = [null];
      const image = captureFinish(device, result, error) as Pointer;
      throwIfSet(error);
      try {
        const length: [number] = [0];
        const data = imageData(image, length);
        const [width, height] = [imageWidth(image) as number, imageHeight(image) as number];
        const bytes = Number(length[0]);
        if (bytes > IMAGE_BYTES || bytes < width * height)
          throw new FprintFailure("kabina", 0, `an image of ${bytes} bytes`);
        const pixels = koffi.decode(data, koffi.array("uint8", width * height, "Typed")) as Uint8Array;
        return { width, height, data: new Uint8Array(pixels), ppmm: imagePpmm(image) as number };
      } finally {
        unref(image);
      }
    },
    newCancellable: () => newCancellable(),
    cancel: (cancellable) => cancel(cancellable),
    unref: (object) => unref(object),
    iterate: () => iteration(null, 0) !== 0,
  };
}
