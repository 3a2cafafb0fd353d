// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Stream} from "./RewardStream.sol";

/// @dev Time of what does not come.
uint40 constant NEVER = type(uint40).max;

/// @dev 88 bits hold 309 million ETH, more than there is. Read and written by every deposit.
/// @param holdersWei What the holders have once all is streamed: the rate's total is this less the unstreamed net.
/// @param liquidWei ETH in the pool less reserved claims.
/// @param coverWei Value of burnt bonds that no report has matched with a loss yet.
struct Books {
    uint88 holdersWei;
    uint88 liquidWei;
    uint80 coverWei;
}

/// @param reservedWei Filled, not claimed.
/// @param carriedLossWei Losses that gains must make up for before fees are taken.
/// @param dueFeeWei Fees streamed before the stream's start, their shares not minted.
struct Debts {
    uint88 reservedWei;
    uint88 carriedLossWei;
    uint80 dueFeeWei;
}

/// @param depositsCloseAt The largest value while the report clock stands still.
/// @param clockAt The last finish of a report, or the later start of the report clock.
struct StopTimes {
    uint40 frozenUntil;
    uint40 pausedUntil;
    uint40 quarantinedUntil;
    uint40 depositsCloseAt;
    uint40 clockAt;
    uint40 closedAt;
    bool topUpLeaving;
    bool reportOpen;
}

/// @dev The books, passed by reference to the library that keeps them.
/// @param rateAfterReport Wei per 10²⁷ shares: what fills pay at most.
/// @param lossShares Shares that bore the carried losses.
struct PoolState {
    Books books;
    Stream stream;
    Debts debts;
    StopTimes times;
    uint128 rateAfterReport;
    uint128 lossShares;
}
