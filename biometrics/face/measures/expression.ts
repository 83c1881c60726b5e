/** How far the mouth is from rest. OFIQ uses two networks and boosting here; this substitute sees a smile, not a frown. */
import { meshIndex, meshPoint } from "../mesh.ts";
import type { ObservedFace } from "../observation.ts";

/** Centre of the lips in the mesh. */
const lipCentre = [13, 14] as const;

/** Lift of the mouth's corners over the middle of the lips, and breadth beyond rest, in eye distances: about 0 at rest, 0.2 in a broad smile. */
export function smileOf({ mesh, eyes }: ObservedFace): number {
  const right = meshPoint(mesh, meshIndex.mouthCorners[0]);
  const left = meshPoint(mesh, meshIndex.mouthCorners[1]);
  const distance = Math.max(1, Math.hypot(eyes.left.x - eyes.right.x, eyes.left.y - eyes.right.y));
  const ux = (eyes.left.x - eyes.right.x) / distance;
  const uy = (eyes.left.y - eyes.right.y) / distance;
  const height = (point: { x: number; y: number }) => (point.y * ux - point.x * uy) / distance;
  const upper = meshPoint(mesh, lipCentre[0]);
  const lower = meshPoint(mesh, lipCentre[1]);
  const lift = (height(upper) + height(lower)) / 2 - (height(right) + height(left)) / 2;
  const breadth = Math.hypot(left.x - right.x, left.y - right.y) / distance;
  return Math.max(0, lift) + Math.max(0, breadth - 0.88) * 0.5;
}
