/** What the engine keeps of one print: its minutiae, singular points and the flow of its ridges. */
/** No ridges in a flow map's cell. */
export const NO_FLOW = 255;
