// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters, Parameter, PoolTerms} from "../interfaces/IParameters.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title Parameters
contract Parameters is IParameters {
    using SafeCast for uint256;

    struct Bounds {
        uint128 minimum;
        uint128 maximum;
    }

    address private immutable GOVERNANCE;
    uint64 public immutable DAY;

    mapping(Parameter => Bounds) private _bounds;

    /// @dev By number, two in a word: neighbours are mostly asked for together.
    mapping(uint256 word => uint256) private _values;
    PoolTerms private _poolTerms;

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
        _recordPoolTerms();
    }

    /// @inheritdoc IParameters
    function set(Parameter parameter, uint256 value) external {
        if (msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        Bounds memory allowed = _bounds[parameter];
        if (value < allowed.minimum || value > allowed.maximum) {
            revert ParameterOutOfBounds(parameter, value, allowed.minimum, allowed.maximum);
        }
        _write(parameter, value);
        _requireTreasuryWithinFee();
        _recordPoolTerms();
        emit ParameterSet(parameter, value);
    }

    /// @inheritdoc IParameters
    function poolTerms() external view returns (PoolTerms memory) {
        return _poolTerms;
    }

    /// @inheritdoc IParameters
    function bounds(Parameter parameter) external view returns (uint256 minimum, uint256 maximum) {
        Bounds memory allowed = _bounds[parameter];
        return (allowed.minimum, allowed.maximum);
    }

    /// @inheritdoc IParameters
    function get(Parameter parameter) public view returns (uint256) {
        (uint256 word, uint256 shift) = _placeOf(parameter);
        return uint128(_values[word] >> shift);
    }

    function _write(Parameter parameter, uint256 value) private {
        (uint256 word, uint256 shift) = _placeOf(parameter);
        _values[word] = (_values[word] & ~(uint256(type(uint128).max) << shift)) | (value << shift);
    }

    /// @dev Once more in one word, *because* every report asks for all of them.
    function _recordPoolTerms() private {
        _poolTerms = PoolTerms({
            feeBps: get(Parameter.FeeBps).toUint16(),
            treasuryFeeBps: get(Parameter.TreasuryFeeBps).toUint16(),
            streamYearlyBps: get(Parameter.StreamYearlyBps).toUint16(),
            streamMinimumSeconds: get(Parameter.StreamMinimumSeconds).toUint40(),
            depositsCloseSeconds: get(Parameter.DepositsCloseSeconds).toUint40(),
            reportIntervalSeconds: get(Parameter.ReportIntervalSeconds).toUint40(),
            minimumFillWei: get(Parameter.MinimumFillWei).toUint80()
        });
    }

    /// @dev *Because* the seats' part is the difference: below zero it would revert in every report, and without reports no
    /// redemption is filled.
    function _requireTreasuryWithinFee() private view {
        uint256 treasuryFeeBps = get(Parameter.TreasuryFeeBps);
        uint256 feeBps = get(Parameter.FeeBps);
        if (treasuryFeeBps > feeBps) revert TreasuryFeeAboveFee(treasuryFeeBps, feeBps);
    }

    /// @dev Two values of 128 bits to a word, the even one below. By shifts, as this is asked for all over.
    function _placeOf(Parameter parameter) private pure returns (uint256 word, uint256 shift) {
        uint256 number = uint256(parameter);
        return (number >> 1, (number & 1) << 7);
    }

    function _defineBonds() private {
        _define(Parameter.SeatBaseBondWei, 1 ether, 0.5 ether, 8 ether);
        _define(Parameter.SeatStakeBondBps, 25, 10, 200);
    }

    function _definePool(uint64 day) private {
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

    function _defineReports(uint64 day) private {
        uint64 hour = day / 24;
        _define(Parameter.ReportIntervalSeconds, day - 4 * hour, day / 4, 2 * day);
        _define(Parameter.FreezeMaximumSeconds, 3 * day, day, 3 * day);
    }

    function _defineOperators(uint64 day) private {
        _define(Parameter.MaxSetStakeWei, 50_000 ether, 4_096 ether, 200_000 ether);
        _define(Parameter.SetSkipSeconds, day, day / 4, 30 * day);
        _define(Parameter.BondCooldownSeconds, 38 * day, 38 * day, 120 * day);
        _define(Parameter.LeaverKeepSeconds, 120 * day, 60 * day, 180 * day);
        _define(Parameter.NoticeSeconds, 60 * day, 14 * day, 120 * day);
        _define(Parameter.ShortfallSeconds, 14 * day, 7 * day, 60 * day);
        _define(Parameter.OpenListSeconds, 30 * day, 7 * day, 120 * day);
        _define(Parameter.ResharingSeconds, 7 * day, 2 * day, 30 * day);
    }

    function _defineValidators(uint64 day) private {
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

    function _defineGovernance(uint64 day) private {
        _define(Parameter.PauseMaximumSeconds, 14 * day, day, 14 * day);
        // Governance may lengthen its own delays, never shorten them, *because* it is the one they protect from.
        _define(Parameter.ReplacementDelaySeconds, 30 * day, 30 * day, 90 * day);
        _define(Parameter.ReplacementRequestsSeconds, 14 * day, 14 * day, 30 * day);
        _define(Parameter.ReplacementSilenceSeconds, 21 * day, 21 * day, 45 * day);
        _define(Parameter.ReplacementRepeatSeconds, 60 * day, 60 * day, 180 * day);
        _define(Parameter.QuarantineSeconds, 30 * day, 30 * day, 90 * day);
    }

    function _define(Parameter parameter, uint256 value, uint128 minimum, uint128 maximum) private {
        _bounds[parameter] = Bounds(minimum, maximum);
        _write(parameter, value);
        emit ParameterSet(parameter, value);
    }
}
