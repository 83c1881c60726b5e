/** Digits of a slip's number as a person types it: ten of serial, six of proof. */
export const SLIP_NUMBER_DIGITS = 16;
