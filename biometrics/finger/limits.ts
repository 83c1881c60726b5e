/** Every limit and threshold of the finger engine that policy or a reader may want to see, with its unit. */

/** Resolution the engine works at, pixels per inch. */
export const WORKING_PPI = 500;
/** Resolutions it accepts; others are a mistake in the file or no finger. */
export const PPI_RANGE = { least: 250, most: 1200 } as const;
/** Sides of an accepted image, pixels as captured. */
export const SIDE_RANGE = { least: 64, most: 2500 } as const;
/** Sides of the same picture at 500 ppi: 5 inches, more than a hand's four fingers. It bounds time and memory whatever scale a file states. */
export const MOST_WORKING_SIDE = 2500;
/** Side of a cell of the ridge maps, pixels at 500 ppi. */
export const CELL = 8;
/** Ridge periods a human finger has at 500 ppi, pixels. */
export const PERIOD_RANGE = { least: 4.5, most: 15 } as const;
/** At most this many minutiae are kept in a template, best first (ISO/IEC 19794-2 counts them in one byte). */
export const MAX_MINUTIAE = 150;
/** A foreign template with more minutiae than this is cut to its best. */
export const MAX_MATCHED_MINUTIAE = 150;
/** Only a print's best so many minutiae propose how to lay it on another; all of them judge. */
export const SEED_MINUTIAE = 48;
/** Scores are measured up to here (about 50,000 impostor pairs); beyond they are extrapolated. */
export const MEASURED_TO = 45;
