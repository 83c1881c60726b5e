/** From any accepted picture to the 500 ppi grey picture that every stage works on. */
import { BiometricsError } from "../errors.js";
import { PPI_RANGE, SIDE_RANGE, WORKING_PPI } from "./limits.js";
/**
 * Checks a picture and brings it to 500 ppi.
 * @throws BiometricsError `finger/image-size`, `finger/image-resolution`, `finger/image-data`
 */
export function workingImage(image) {
    const { width, height, ppi, data } = image;
    const sideOk = (side) => Number.isInteger(side) && side >= SIDE_RANGE.least && side <= SIDE_RANGE.most;
    if (!sideOk(width) || !sideOk(height)) {
        throw new BiometricsError("finger/image-size", { width, height, least: SIDE_RANGE.least, most: SIDE_RANGE.most });
    }
    if (!(ppi >= PPI_RANGE.least && ppi <= PPI_RANGE.most)) {
        throw new BiometricsError("finger/image-resolution", { ppi, least: PPI_RANGE.least, most: PPI_RANGE.most });
    }
    if (data.length !== width * height) {
        throw new BiometricsError("finger/image-data", { bytes: data.length, expected: width * height });
    }
    const scale = ppi / WORKING_PPI;
    if (Math.abs(scale - 1) < 0.01)
        return { width, height, data, ppi: WORKING_PPI, scale: 1 };
    return { ...resample(image, scale), ppi: WORKING_PPI, scale };
}
/** Bilinear resampling, with a box filter first when it shrinks to less than a half. */
function resample(image, scale) {
    const width = Math.max(1, Math.round(image.width / scale));
    const height = Math.max(1, Math.round(image.height / scale));
    const data = new Uint8Array(width * height);
    const taps = Math.max(1, Math.round(scale));
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            let sum = 0;
            for (let j = 0; j < taps; j++) {
                for (let i = 0; i < taps; i++) {
                    sum += sample(image, (x + (i + 0.5) / taps) * scale - 0.5, (y + (j + 0.5) / taps) * scale - 0.5);
                }
            }
            data[y * width + x] = Math.round(sum / (taps * taps));
        }
    }
    return { width, height, data };
}
/** Bilinear value at a fractional position, the border repeated. */
function sample(image, x, y) {
    const { width, height, data } = image;
    const cx = Math.min(Math.max(x, 0), width - 1);
    const cy = Math.min(Math.max(y, 0), height - 1);
    const x0 = Math.min(Math.floor(cx), width - 2);
    const y0 = Math.min(Math.floor(cy), height - 2);
    const fx = cx - x0;
    const fy = cy - y0;
    const i = y0 * width + x0;
    const top = data[i] * (1 - fx) + data[i + 1] * fx;
    const bottom = data[i + width] * (1 - fx) + data[i + width + 1] * fx;
    return top * (1 - fy) + bottom * fy;
}
