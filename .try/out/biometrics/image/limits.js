/** What a picture file may ask of this machine before a single pixel of it is decoded. */
export const imageLimits = {
    /** Bytes of a picture file. */
    fileBytes: 64 * 1024 * 1024,
    /** Pixels of a picture: 8000 × 6000, more than any booth camera gives. */
    pixels: 48_000_000,
    /** Columns or rows at the least: smaller than this nothing can be judged. */
    minimumSide: 16,
    /** Seconds that decoding may take. */
    decodeSeconds: 20,
};
