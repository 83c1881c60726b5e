/** Pictures as the biometric stages see them: 8 bits a sample, rows from the top, no padding. */

/** A grey picture of a known scale. */
export interface GreyImage {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `width * height` samples, 0 black … 255 white. */
  readonly data: Uint8Array;
  /** Pixels per inch; fingerprints are 500 ppi. */
  readonly ppi: number;
}

/** A colour picture in sRGB. */
export interface RgbImage {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `width * height * 3` samples: red, green, blue of each pixel. */
  readonly data: Uint8Array;
}

/** A place in a picture: pixels from the left and upper edge, pixel centres at whole numbers. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An upright rectangle of a picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
