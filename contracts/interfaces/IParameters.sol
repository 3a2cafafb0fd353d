// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What governance may set, each within hard-coded bounds. The unit is the last word of the name; BPS are 1/10,000.
enum Parameter {
    FeeBps,
    TreasuryFeeBps,
    SeatBaseBondWei,
    SeatStakeBondBps,
    MaxSetStakeWei,
    MinimumRequestWei,
    MinimumFillWei,
    StreamMinimumSeconds,
    StreamYearlyBps,
    ReportIntervalSeconds,
    DepositsCloseSeconds,
    CloseSeconds,
    FreezeMaximumSeconds,
    SetSkipSeconds,
    BondCooldownSeconds,
    LeaverKeepSeconds,
    NoticeSeconds,
    ShortfallSeconds,
    OpenListSeconds,
    ResharingSeconds,
    MinimumPartialWei,
    FullExitFloorWei,
    UnmetNeedSeconds,
    RequestProofSeconds,
    PartialLapseEpochs,
    MinimumTopUpWei,
    CorrelationMinimumBps,
    CorrelationFactorBps,
    TotalActiveWei,
    ReporterBps,
    ReporterMaximumWei,
    DeadSetChargeBps,
    ReportIdleSeconds,
    ReportMaximumSeconds,
    PredepositReserveWei,
    PredepositMarginBps,
    SpareKeys,
    ShortfallBps,
    FaultReplacementSeconds,
    GenerationReleaseSeconds,
    RequestFeeMaximumWei,
    PauseMaximumSeconds,
    ReplacementDelaySeconds,
    ReplacementRequestsSeconds,
    ReplacementSilenceSeconds,
    ReplacementRepeatSeconds,
    QuarantineSeconds
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

    /// @notice Bounds that `set` accepts, both included.
    function bounds(Parameter parameter) external view returns (uint256 minimum, uint256 maximum);

    /// @notice Length of all days in seconds: 86,400, less on a private chain.
    function DAY() external view returns (uint64);
}
