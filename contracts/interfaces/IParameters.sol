// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What governance may set, each within hard-coded bounds. The unit is the last word of the name; BPS are 1/10,000.
enum Parameter {
    FeeBps, // fee on gains above the high-water mark, seats and treasury together
    TreasuryFeeBps, // the treasury's part of it, of the gains
    SeatBaseBondWei, // bond of a seat, whatever the stake
    SeatStakeBondBps, // bond of a seat for each ETH of its set's stake
    MaxSetStakeWei, // most that one set may run
    MinimumRequestWei, // least redemption request
    MinimumFillWei, // least part of a cycle that is filled at once
    StreamMinimumSeconds, // shortest time over which a gain is streamed
    StreamYearlyBps, // most that the rate may rise in a year
    ReportIntervalSeconds, // from the end of a report to the start of the next
    DepositsCloseSeconds, // age of the last report at which deposits stop
    CloseSeconds, // age of the last report at which anyone may close the pool
    FreezeMaximumSeconds, // longest freeze after a proven slashing, in all per 30 days
    SetSkipSeconds, // time for which a set that did not deliver keys is asked for none
    BondCooldownSeconds, // from asking for free bond to getting it
    LeaverKeepSeconds, // until keys that four seats have left may be retired by anyone
    NoticeSeconds, // until the same for an operator who gave notice
    ShortfallSeconds, // from a recorded shortfall of bond to exits because of it
    OpenListSeconds, // on the open list before the first seat
    ResharingSeconds, // until an unfinished resharing may be aborted
    MinimumPartialWei, // least partial withdrawal
    FullExitFloorWei, // need below which a key of this balance may still exit in full
    UnmetNeedSeconds, // unmet need after which any key may exit
    RequestProofSeconds, // age of the proof with a request
    PartialLapseEpochs, // after its expected epoch a partial withdrawal counts as dropped
    MinimumTopUpWei, // least top-up, but for the rest to the target
    CorrelationMinimumBps, // least part of a slashed key expected as correlation penalty
    CorrelationFactorBps, // safety factor on the correlation penalty
    TotalActiveWei, // stake of the whole chain, which correlation penalties are a part of
    ReporterBps, // reward of who reports a fault, of the charge
    ReporterMaximumWei, // and at most
    DeadSetChargeBps, // most of a dead set's bonds that its losses take
    PauseMaximumSeconds, // longest pause by the guardian
    ReplacementDelaySeconds, // from queueing a verifier to its use, at least
    ReplacementRequestsSeconds, // after queueing: redemptions asked for so long are filled first
    ReplacementSilenceSeconds, // without a finished report in which case they need not be
    ReplacementRepeatSeconds, // from a cancelled proposal to one that can't be cancelled
    QuarantineSeconds // after a replacement: no ETH goes to validators
}

/// @notice What a report and the stream of gains go by: the parameters of the same names, in one slot.
struct PoolTerms {
    uint16 feeBps;
    uint16 treasuryFeeBps;
    uint16 streamYearlyBps;
    uint40 streamMinimumSeconds;
    uint40 depositsCloseSeconds;
    uint40 reportIntervalSeconds;
    uint80 minimumFillWei;
}

/// @title Parameters
/// @notice The numbers of the design that governance may move, and how far. Anything else is a constant of its contract.
interface IParameters {
    event ParameterSet(Parameter indexed parameter, uint256 value);

    error Unauthorized(address caller);

    /// @notice The value lies outside the bounds that are part of the code.
    error ParameterOutOfBounds(Parameter parameter, uint256 value, uint256 minimum, uint256 maximum);

    /// @notice The treasury's part of the fee would be more than the whole fee.
    error TreasuryFeeAboveFee(uint256 treasuryFeeBps, uint256 feeBps);

    /// @notice Only governance. Takes effect for whatever reads the value next; nothing that has begun is recalculated.
    function set(Parameter parameter, uint256 value) external;

    function get(Parameter parameter) external view returns (uint256);

    /// @notice Several of them for the price of one, as `get` gives them.
    function poolTerms() external view returns (PoolTerms memory);

    /// @notice Bounds that `set` accepts, both included.
    function bounds(Parameter parameter) external view returns (uint256 minimum, uint256 maximum);

    /// @notice Length of all days in seconds: 86,400, less on a private chain.
    function DAY() external view returns (uint64);
}
