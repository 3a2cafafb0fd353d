/** Seats of a set: the longest list of signed messages. */
export const MAX_SEATS = 7;
/** Validators of one value. */
export const MAX_VALIDATORS = 2048;
/** Encoded block beside a proposal. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Everything else of a packet: two lists of 2048 public keys, a value and up to 14 signed messages. */
export const MAX_PACKET_BYTES = 256 * 1024;
/** Highest round that is ever taken part in: with doubling timers it lies days after the first. */
export const MAX_ROUND = 24;
/** Instances that may be written to before they run: this far ahead of the clock's slot, in epochs. */
export const EARLY_EPOCHS = 1;
/** Instances that were never run are forgotten this many slots after theirs. */
export const LATE_SLOTS = 2;
/** Bytes that are kept of one peer for instances that do not run yet. */
export const MAX_EARLY_BYTES_PER_PEER = 2 * (MAX_BODY_BYTES + MAX_PACKET_BYTES);
export const MAX_EARLY_PACKETS_PER_PEER = 1024;
/** Packets of one kind from one seat, per instance and retransmission interval. */
export const MAX_PACKETS_PER_INTERVAL = 6;
