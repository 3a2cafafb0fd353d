// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What can keep deposits from being taken. Who sets it and what else it stops: see `Stops`.
enum Stop {
    None,
    Frozen,
    Paused,
    Quarantined,
    ReportsStale,
    Closed,
    TopUpLeaving
}

/// @title Books of StakingPool
/// @notice What the other contracts of Septet call, and what the books say. Wei throughout.
/// @dev Booked ETH changes by flows (deposits, fills) when they happen and by one signed difference per report.
/// Losses lower the rate at once; gains are streamed, never faster than StreamYearlyBps a year. `rate` is wei per
/// 10²⁷ shares.
interface IPoolBooks {
    /// @param frozenUntil Set by Slashings: no deposits, no fills.
    /// @param pausedUntil Set by Guardian: no deposits, no new keys.
    /// @param quarantinedUntil Set by VerifierReplacement: no deposits, no new keys, no top-ups.
    /// @param depositsCloseAt Reports are stale from then on: no deposits. The largest value while no key is live.
    /// @param closableAt From then on anyone may close the pool. The largest value while no key is live.
    /// @param closedAt 0, or since when the pool is closed: no deposits, requests, fills, new keys or top-ups any more.
    /// @param topUpLeaving Set by ValidatorManager while a leaving validator has a top-up in flight: no deposits.
    struct Stops {
        uint64 frozenUntil;
        uint64 pausedUntil;
        uint64 quarantinedUntil;
        uint64 depositsCloseAt;
        uint64 closableAt;
        uint64 closedAt;
        bool topUpLeaving;
    }

    /// @param unstreamedNetWei Gains that the rate has not got yet, without their fee.
    /// @param unstreamedFeeWei Fee part of the stream.
    /// @param dueFeeWei Fees streamed, whose shares are not minted yet.
    /// @param coverWei Value of burnt bonds that no report has matched with a loss yet.
    /// @param carriedLossWei Losses that gains must make up for before fees are taken again.
    /// @param rateAfterReport `rate` just after the last report: what fills pay at most.
    struct BooksNow {
        uint256 unstreamedNetWei;
        uint256 unstreamedFeeWei;
        uint64 streamEnd;
        uint256 dueFeeWei;
        uint256 coverWei;
        uint256 carriedLossWei;
        uint256 rateAfterReport;
    }

    /// @notice ETH left the pool's free balance for validators; the booked total stays the same.
    event ValidatorFunded(uint256 amountWei);

    /// @notice A report was booked. `rate` after it, in wei per 10²⁷ shares; the stream runs until `streamEnd`.
    event ReportBooked(int256 differenceWei, uint256 bookedWei, uint256 rate, uint64 streamEnd);

    /// @notice Fee shares of what has been streamed were minted at the rate of the moment.
    event FeesMinted(uint256 feeWei, uint256 seatShares, uint256 treasuryShares);

    /// @notice Shares were burnt for the holders: of a bond (`valueWei` covers the next loss) or of unpaid fees
    /// (streamed).
    event SharesBurnt(address indexed owner, uint256 shares, uint256 valueWei);

    event Frozen(uint64 until);
    event Paused(uint64 until);
    event Quarantined(uint64 until);
    event ReportClockSet(bool running);
    event TopUpLeavingSet(bool leaving);

    /// @notice The call came from another contract than the one it is meant for.
    error Unauthorized(address caller);

    /// @notice The call waits for the end of a stop (there is none for `Closed`).
    error Stopped(Stop stop);

    /// @notice The pool has less free ETH than validators ask for.
    error InsufficientUnallocated(uint256 requestedWei, uint256 availableWei);

    /// @notice There is no report to finish.
    error NoReportOpen();

    /// @notice Starts a report: sweeps the vault, counts free ETH anew from the balance (so ETH sent in unasked
    /// becomes income of this report), closes the current cycle unless it is empty. Called again, it replaces the
    /// open report. Only BalanceReport.
    function openReport() external returns (uint256 bookedWei, uint256 liquidWei);

    /// @notice Books what was proven less what was booked at the start. Only BalanceReport.
    function finishReport(int256 differenceWei) external;

    /// @notice Mints the fee shares of what has been streamed, at the current rate. Anyone may; it moves no rate.
    function mintFees() external;

    /// @notice Sends the 1 ETH of a predeposit to ValidatorManager. Only ValidatorManager.
    function fundPredeposit() external;

    /// @notice Sends `amountWei` for the top-up of a proven key to ValidatorManager. Only ValidatorManager.
    function fundTopUp(uint256 amountWei) external;

    /// @notice Staleness and closing are counted only while this is on: from the first key that is Predeposited until
    /// none is left. Only ValidatorManager.
    function setReportClock(bool running) external;

    /// @notice Stops deposits while a leaving validator has a top-up in flight: it may lie between queue and vault, where
    /// a report counts it twice or not at all. Only ValidatorManager.
    function setTopUpLeaving(bool leaving) external;

    /// @notice Burns shares of the caller, bonds or what convicted seats paid; their value covers the loss of the next
    /// report, the rest is streamed. Only OperatorRegistry and Slashings.
    function burnBond(uint256 shares) external;

    /// @notice Burns shares of FeeDistributor that no seat may have; their value is streamed to holders. Only
    /// FeeDistributor.
    function burnFees(uint256 shares) external;

    /// @notice Stops deposits and fills. Only Slashings.
    function freeze(uint64 until) external;

    /// @notice Ends the freeze. Only Slashings.
    function unfreeze() external;

    /// @notice Stops deposits and new keys. Only Guardian, which knows its limits; a time in the past ends the pause.
    function pause(uint64 until) external;

    /// @notice Stops deposits, new keys and top-ups. Only VerifierReplacement.
    function quarantine(uint64 until) external;

    /// @notice All ETH that is the holders', at validators, in the vault or here, with unstreamed gains, fees not yet
    /// minted and burnt bonds, as of the last report and the flows since.
    function bookedWei() external view returns (uint256);

    /// @notice ETH in the pool less reserved claims: counted at the start of a report, then moved by flows.
    function liquidWei() external view returns (uint256);

    /// @notice Filled and not yet claimed.
    function reservedWei() external view returns (uint256);

    /// @notice What all waiting redemptions need, the present cycle included, at most: each cycle at the lower of cap
    /// and rate.
    function queueWei() external view returns (uint256);

    /// @notice What validators may take: `liquidWei` less `queueWei`.
    function availableWei() external view returns (uint256);

    /// @notice The same as `availableWei`.
    function unallocatedWei() external view returns (uint256);

    /// @notice What else is in the books at this moment.
    function books() external view returns (BooksNow memory);

    /// @notice Wei per 10²⁷ shares, rounded down.
    function rate() external view returns (uint256);

    function reportOpen() external view returns (bool);

    /// @notice False while paused, quarantined or closed.
    function acceptsNewKeys() external view returns (bool);

    /// @notice False while quarantined or closed.
    function acceptsTopUps() external view returns (bool);

    function stops() external view returns (Stops memory);

    /// @notice 0, or the time at which the pool was closed for ever.
    function closedAt() external view returns (uint64);
}
