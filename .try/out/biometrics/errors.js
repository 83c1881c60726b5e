/** A failure of this room. It has the shape of the error that the other rooms use, of which this room imports nothing. */
export class BiometricsError extends Error {
    code;
    details;
    constructor(code, details = {}, options) {
        super(`${code} ${JSON.stringify(details)}`, options);
        this.name = "BiometricsError";
        this.code = code;
        this.details = details;
    }
}
