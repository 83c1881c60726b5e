/** Maps on the cell grid: where ridges are, which way they run, how far apart they are and how sure we are. */
import { CELL } from "./limits.js";
export function emptyRidgeMap(width, height) {
    const columns = Math.ceil(width / CELL);
    const rows = Math.ceil(height / CELL);
    const size = columns * rows;
    return {
        cell: CELL,
        columns,
        rows,
        cos2: new Float32Array(size),
        sin2: new Float32Array(size),
        coherence: new Float32Array(size),
        period: new Float32Array(size),
        mask: new Uint8Array(size),
    };
}
/** The ridge angle of a cell in image coordinates (y down), radians in -π/2..π/2. */
export function ridgeAngle(map, cell) {
    return 0.5 * Math.atan2(map.sin2[cell], map.cos2[cell]);
}
/** The cell index at a pixel, or -1 outside. */
export function cellAt(map, x, y) {
    const column = Math.floor(x / map.cell);
    const row = Math.floor(y / map.cell);
    return column < 0 || row < 0 || column >= map.columns || row >= map.rows ? -1 : row * map.columns + column;
}
/** Gaussian smoothing of a grid, the border repeated by renormalising. */
export function smoothGrid(source, columns, rows, sigma) {
    const radius = Math.ceil(sigma * 2.5);
    const kernel = Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
    const across = new Float32Array(source.length);
    for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
            let sum = 0;
            let weight = 0;
            for (let d = -radius; d <= radius; d++) {
                const c = column + d;
                if (c < 0 || c >= columns)
                    continue;
                const w = kernel[d < 0 ? -d : d];
                sum += w * source[row * columns + c];
                weight += w;
            }
            across[row * columns + column] = sum / weight;
        }
    }
    const result = new Float32Array(source.length);
    for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
            let sum = 0;
            let weight = 0;
            for (let d = -radius; d <= radius; d++) {
                const r = row + d;
                if (r < 0 || r >= rows)
                    continue;
                const w = kernel[d < 0 ? -d : d];
                sum += w * across[r * columns + column];
                weight += w;
            }
            result[row * columns + column] = sum / weight;
        }
    }
    return result;
}
