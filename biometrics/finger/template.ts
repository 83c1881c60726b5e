/** What the engine keeps of one print: its minutiae, singular points and the flow of its ridges. */

export type MinutiaType = "ending" | "bifurcation" | "other";

/** ISO/IEC 19794-2 minutia: pixels from the top left of the image; direction counter-clockwise from +x, radians in 0..2π. */
export interface Minutia {
  readonly x: number;
  readonly y: number;
  /** Along the ridge that ends, or along the valley that ends in a bifurcation (ISO/IEC 19794-2 §6.3.3). */
  readonly direction: number;
  readonly type: MinutiaType;
  /** 0 (doubtful) to 100. */
  readonly quality: number;
}

/** A core (upper or lower turn of the innermost ridge) or a delta. */
export interface SingularPoint {
  readonly kind: "core" | "delta";
  readonly x: number;
  readonly y: number;
}

/** Ridges crossed by the straight line between two minutiae, by their place in the template's list. */
export interface RidgeCount {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Ridge flow on a square grid: one byte per cell for direction (0..179 = ridge angle counter-clockwise in degrees, 255 =
 * no ridges there) and one for the ridge period in tenths of a pixel. Only templates of our own extractor have one.
 */
export interface FlowMap {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly orientation: Uint8Array;
  readonly period: Uint8Array;
}

/** A finger template; sizes and positions in pixels at `ppi`. */
export interface Template {
  /** Which extractor made it, for a verdict to be explained later. */
  readonly version: string;
  readonly width: number;
  readonly height: number;
  readonly ppi: number;
  readonly minutiae: readonly Minutia[];
  readonly singularPoints: readonly SingularPoint[];
  /** From each minutia to its nearest neighbour in each octant, where the template's maker counted. */
  readonly ridgeCounts?: readonly RidgeCount[] | undefined;
  readonly flow?: FlowMap | undefined;
}

/** No ridges in a flow map's cell. */
export const NO_FLOW = 255;
