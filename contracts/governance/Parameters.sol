// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title Parameters
contract Parameters is IParameters {
    struct Bounded {
        uint256 value;
        uint256 minimum;
        uint256 maximum;
    }

    address private immutable GOVERNANCE;
    uint64 public immutable DAY;

    mapping(Parameter => Bounded) private _parameters;

    constructor(Wiring memory w) {
        GOVERNANCE = w.governance;
        DAY = w.day;
        _defineBonds();
        _definePool(w.day);
        _defineReports(w.day);
        _defineOperators(w.day);
        _defineValidators(w.day);
        _defineFaults();
        _defineGovernance(w.day);
    }

    /// @inheritdoc IParameters
    function set(Parameter parameter, uint256 value) external {
        if (msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        Bounded storage bounded = _parameters[parameter];
        if (value < bounded.minimum || value > bounded.maximum) {
            revert ParameterOutOfBounds(parameter, value, bounded.minimum, bounded.maximum);
        }
        bounded.value = value;
        _requireTreasuryWithinFee();
        emit ParameterSet(parameter, value);
    }

    /// @inheritdoc IParameters
    function get(Parameter parameter) external view returns (uint256) {
        return _parameters[parameter].value;
    }

    /// @inheritdoc IParameters
    function bounds(Parameter parameter) external view returns (uint256 minimum, uint256 maximum) {
        Bounded storage bounded = _parameters[parameter];
        return (bounded.minimum, bounded.maximum);
    }

    /// @dev *Because* the seats' part is the difference: below zero it would revert in every report, and without reports no
    /// redemption is filled.
    function _requireTreasuryWithinFee() private view {
        uint256 treasuryFeeBps = _parameters[Parameter.TreasuryFeeBps].value;
        uint256 feeBps = _parameters[Parameter.FeeBps].value;
        if (treasuryFeeBps > feeBps) revert TreasuryFeeAboveFee(treasuryFeeBps, feeBps);
    }

    function _defineBonds() private {
        _define(Parameter.SeatBaseBondWei, 1 ether, 0.5 ether, 8 ether);
        _define(Parameter.SeatStakeBondBps, 25, 10, 200);
    }

    function _definePool(uint256 day) private {
        _define(Parameter.FeeBps, 1_000, 0, 1_500);
        // Of the gains, out of FeeBps.
        _define(Parameter.TreasuryFeeBps, 200, 0, 500);
        _define(Parameter.MinimumRequestWei, 0.01 ether, 0, 0.1 ether);
        _define(Parameter.MinimumFillWei, 1 ether, 0.01 ether, 32 ether);
        _define(Parameter.StreamMinimumSeconds, day, day / 4, 30 * day);
        _define(Parameter.StreamYearlyBps, 1_000, 300, 2_000);
        _define(Parameter.DepositsCloseSeconds, 3 * day, 2 * day, 14 * day);
        _define(Parameter.CloseSeconds, 60 * day, 30 * day, 120 * day);
    }

    function _defineReports(uint256 day) private {
        uint256 hour = day / 24;
        _define(Parameter.ReportIntervalSeconds, day - 4 * hour, day / 4, 2 * day);
        _define(Parameter.FreezeMaximumSeconds, 3 * day, day, 3 * day);
    }

    function _defineOperators(uint256 day) private {
        _define(Parameter.MaxSetStakeWei, 50_000 ether, 4_096 ether, 200_000 ether);
        _define(Parameter.SetSkipSeconds, day, day / 4, 30 * day);
        _define(Parameter.BondCooldownSeconds, 38 * day, 38 * day, 120 * day);
        _define(Parameter.LeaverKeepSeconds, 120 * day, 60 * day, 180 * day);
        _define(Parameter.NoticeSeconds, 60 * day, 14 * day, 120 * day);
        _define(Parameter.ShortfallSeconds, 14 * day, 7 * day, 60 * day);
        _define(Parameter.OpenListSeconds, 30 * day, 7 * day, 120 * day);
        _define(Parameter.ResharingSeconds, 7 * day, 2 * day, 30 * day);
    }

    function _defineValidators(uint256 day) private {
        _define(Parameter.MinimumTopUpWei, 32 ether, 1 ether, 64 ether);
        _define(Parameter.MinimumPartialWei, 8 ether, 1 ether, 64 ether);
        _define(Parameter.FullExitFloorWei, 64 ether, 32 ether, 2_048 ether);
        _define(Parameter.UnmetNeedSeconds, 3 * day, day, 14 * day);
        _define(Parameter.RequestProofSeconds, day, day / 24, day);
        _define(Parameter.PartialLapseEpochs, 225, 64, 2_048);
    }

    function _defineFaults() private {
        _define(Parameter.CorrelationMinimumBps, 10, 1, 100);
        _define(Parameter.CorrelationFactorBps, 20_000, 10_000, 30_000);
        // Ether staked on the whole chain: what correlation penalties are a part of.
        _define(Parameter.TotalActiveWei, 35_000_000 ether, 512 ether, 120_000_000 ether);
        _define(Parameter.ReporterBps, 500, 0, 500);
        _define(Parameter.ReporterMaximumWei, 1 ether, 0, 1 ether);
        _define(Parameter.DeadSetChargeBps, 1_000, 0, 1_000);
    }

    function _defineGovernance(uint256 day) private {
        _define(Parameter.PauseMaximumSeconds, 14 * day, day, 14 * day);
        // Governance may lengthen its own delays, never shorten them, *because* it is the one they protect from.
        _define(Parameter.ReplacementDelaySeconds, 30 * day, 30 * day, 90 * day);
        _define(Parameter.ReplacementRequestsSeconds, 14 * day, 14 * day, 30 * day);
        _define(Parameter.ReplacementSilenceSeconds, 21 * day, 21 * day, 45 * day);
        _define(Parameter.ReplacementRepeatSeconds, 60 * day, 60 * day, 180 * day);
        _define(Parameter.QuarantineSeconds, 30 * day, 30 * day, 90 * day);
    }

    function _define(Parameter parameter, uint256 value, uint256 minimum, uint256 maximum) private {
        _parameters[parameter] = Bounded(value, minimum, maximum);
        emit ParameterSet(parameter, value);
    }
}
