/** Pictures as the biometric stages see them: 8 bits a sample, rows from the top, no padding. */
export {};
