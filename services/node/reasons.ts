/** Why a duty failed: `short` for a list, `long` with what an operator can do about it. */
export const REASONS = {
  fetch_failed: {
    short: "the beacon node gave no data",
    long: "No beacon node answered the request for attestation data or a block in time. Check that it runs and is synced.",
  },
  no_consensus: {
    short: "the set did not decide",
    long: "Fewer than five seats agreed before the value was too old to be included. Check the connected peers.",
  },
  guard_refused: {
    short: "this node's checks refused the decided value",
    long: "The value differs from what this node's own beacon node shows (source, target, duties, fee recipient or block). If other nodes signed, this beacon node is behind or on another fork.",
  },
  locked: {
    short: "slashing protection refused to sign",
    long: "The decided value conflicts with a recorded vote, or lies below the floor set at the last start: after an unclean stop a node is silent for about two epochs.",
  },
  no_share: {
    short: "no share of the key",
    long: "The key was verified for a set of this operator but its share is not in the keystore.",
  },
  too_few_partials: {
    short: "fewer than four valid partial signatures",
    long: "The set decided, but fewer than four seats sent a valid partial in time. Check the connected peers.",
  },
  inconsistent_keys: {
    short: "valid partials gave no valid signature",
    long: "The share keys on chain do not belong to the validator's key. This must never happen: report it.",
  },
  no_randao: {
    short: "no RANDAO reveal",
    long: "Fewer than four seats sent a partial RANDAO reveal before the block was due.",
  },
  blinded_block: {
    short: "the beacon node returned a blinded block",
    long: "Blocks of builders are not supported yet: configure the beacon node to build locally.",
  },
  wrong_fee_recipient: {
    short: "the beacon node builds for another fee recipient",
    long: "The block does not pay the pool's vault. Remove a fee recipient that is set in the beacon node itself.",
  },
  unsupported_fork: {
    short: "this version doesn't know the fork",
    long: "The slot belongs to a fork whose duties this version can't perform. Update the node.",
  },
  not_started: {
    short: "the duty began before this process",
    long: "A process only joins instances later than its start, because it can't remember what it prepared before.",
  },
  too_late: {
    short: "signed after its time",
    long: "The signature was complete only when the object had no place on the chain any more. Check the load of this machine and the latency to its peers and its beacon node.",
  },
  broadcast_failed: {
    short: "the beacon node refused the signed object",
    long: "The signature is valid but no beacon node accepted it; another node of the set may have been served.",
  },
} as const satisfies Record<string, { short: string; long: string }>;

export type ReasonCode = keyof typeof REASONS;
