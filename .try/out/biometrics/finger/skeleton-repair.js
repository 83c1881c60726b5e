/** Repair of a skeleton: short spurs, islands, lakes and bridges are faults of print and filter, not minutiae. */
import { crossings, exits, makeBranch, neighbourOffsets, walk } from "./skeleton-walk.js";
/** Spurs from a fork to an end, islands between two ends, lakes and bridges between two forks: shorter than this, pixels. */
const SPUR = 9;
const ISLAND = 14;
const LAKE = 16;
const BRIDGE = 9;
/** Erases them in place. */
export function repairSkeleton(skeleton, width, height) {
    const offsets = neighbourOffsets(width);
    const spur = makeBranch(Math.max(SPUR, ISLAND) + 1);
    const starts = [];
    for (let pass = 0; pass < 2; pass++) {
        eachPixel(skeleton, width, height, (i) => {
            if (crossings(skeleton, i, offsets) !== 1)
                return;
            exits(skeleton, i, offsets, starts);
            walk(skeleton, i, starts[0], offsets, spur);
            if (spur.stop === "end" && spur.length < ISLAND) {
                skeleton[i] = 0;
                for (let k = 0; k < spur.length; k++)
                    skeleton[spur.pixels[k]] = 0;
            }
            else if (spur.stop === "fork" && spur.length < SPUR) {
                skeleton[i] = 0;
                for (let k = 0; k < spur.length - 1; k++)
                    skeleton[spur.pixels[k]] = 0;
            }
        });
        eraseLoops(skeleton, width, height, offsets);
    }
}
/** A branch between two forks goes when another short one joins the same forks (lake) or when it is a mere bridge. */
function eraseLoops(skeleton, width, height, offsets) {
    const branches = [makeBranch(LAKE), makeBranch(LAKE), makeBranch(LAKE)];
    const starts = [];
    eachPixel(skeleton, width, height, (i) => {
        if (crossings(skeleton, i, offsets) < 3)
            return;
        exits(skeleton, i, offsets, starts);
        const walked = starts.slice(0, 3).map((start, k) => walk(skeleton, i, start, offsets, branches[k]));
        for (let a = 0; a < walked.length; a++) {
            const one = walked[a];
            if (one.stop !== "fork" || one.length < 2)
                continue;
            const target = one.pixels[one.length - 1];
            const lake = walked.some((other, b) => b !== a && other.stop === "fork" && near(other.pixels[other.length - 1], target, width));
            if (lake || one.length < BRIDGE) {
                for (let k = 0; k < one.length - 1; k++)
                    skeleton[one.pixels[k]] = 0;
                return;
            }
        }
    });
}
function near(a, b, width) {
    return Math.abs((a % width) - (b % width)) <= 1 && Math.abs(Math.floor(a / width) - Math.floor(b / width)) <= 1;
}
function eachPixel(skeleton, width, height, visit) {
    for (let y = 2; y < height - 2; y++) {
        for (let i = y * width + 2; i < (y + 1) * width - 2; i++)
            if (skeleton[i] === 1)
                visit(i);
    }
}
