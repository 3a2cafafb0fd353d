// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IValidatorExits} from "../interfaces/IValidatorExits.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {IBalanceReport} from "../interfaces/IBalanceReport.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Gwei} from "../libraries/Units.sol";

/// @title ExitLedger
/// @dev Open requests, and what they will bring. A request adds to the expected ETH when it is made, *because* the
/// next caller must not ask for the same ETH again; it is taken off in `finish` of a report alone, where the fall of
/// the balance and the ETH in the vault belong to one state.
abstract contract ExitLedger is IValidatorExits {
    using SafeCast for uint256;

    /// @dev One slot.
    /// @param sinceStartWei What was asked for since report `reportNumber` began.
    struct Need {
        uint88 expectedWei;
        uint88 sinceStartWei;
        uint40 reportNumber;
        uint40 unmetSince;
    }

    IStakingPool public immutable POOL;
    IValidatorManager public immutable MANAGER;
    IBalanceReport public immutable REPORT;
    IParameters public immutable PARAMETERS;
    IVerifierReplacement public immutable VERIFIERS;
    uint64 public immutable DAY;

    Need private _need;
    mapping(bytes32 validatorId => Request) internal _requests;

    modifier onlyReport() {
        if (msg.sender != address(REPORT)) revert Unauthorized(msg.sender);
        _;
    }

    constructor(Wiring memory w) {
        POOL = IStakingPool(w.pool);
        MANAGER = IValidatorManager(w.manager);
        REPORT = IBalanceReport(w.report);
        PARAMETERS = IParameters(w.parameters);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        DAY = w.day;
    }

    /// @inheritdoc IValidatorExits
    function settle(bytes32 validatorId, Gwei balance, uint64 reportNumber) external onlyReport returns (uint256) {
        Request memory open = _requests[validatorId];
        IValidatorRecords.ValidatorState state = MANAGER.validator(validatorId).state;
        if (state == IValidatorRecords.ValidatorState.Slashed || open.kind == Kind.ConsolidationSource) return 0;
        // Whatever else was asked of a leaving key, all of its balance comes.
        bool leaving =
            state == IValidatorRecords.ValidatorState.Exiting || state == IValidatorRecords.ValidatorState.Withdrawn;
        if (open.kind != Kind.None && open.reportNumber >= reportNumber) return 0;
        if (leaving) return balance.toWei();
        return open.kind == Kind.Partial ? _settlePartial(validatorId, open, balance) : 0;
    }

    /// @inheritdoc IValidatorExits
    function onReportFinished(uint64 reportNumber, uint256 expected) external onlyReport {
        if (_need.reportNumber == reportNumber) expected += _need.sinceStartWei;
        _need.expectedWei = expected.toUint88();
        recordNeed();
    }

    /// @inheritdoc IValidatorExits
    function recordNeed() public {
        if (needWei() == 0) _need.unmetSince = 0;
        else if (_need.unmetSince == 0) _need.unmetSince = uint40(block.timestamp);
    }

    /// @inheritdoc IValidatorExits
    function expectedWei() external view returns (uint256) {
        return _need.expectedWei;
    }

    /// @inheritdoc IValidatorExits
    function needWei() public view returns (uint256) {
        return Math.saturatingSub(POOL.queueWei(), POOL.liquidWei() + _need.expectedWei);
    }

    /// @inheritdoc IValidatorExits
    function unmetSince() external view returns (uint64) {
        return _need.unmetSince;
    }

    /// @inheritdoc IValidatorExits
    function request(bytes32 validatorId) external view returns (Request memory) {
        return _requests[validatorId];
    }

    function _open(bytes32 validatorId, Kind kind, Gwei amount, Gwei balance) internal {
        _requests[validatorId] = Request({
            kind: kind,
            amountGwei: amount,
            balanceGwei: balance,
            reportNumber: uint256(REPORT.number()).toUint32(),
            requestedAt: uint40(block.timestamp),
            lapseEpoch: 0
        });
    }

    function _close(bytes32 validatorId) internal {
        delete _requests[validatorId];
        MANAGER.setRequestOpen(validatorId, false);
    }

    function _expect(uint256 amountWei) internal {
        Need memory need = _need;
        uint256 reportNumber = REPORT.number();
        if (need.reportNumber != reportNumber) need.sinceStartWei = 0;
        need.reportNumber = reportNumber.toUint40();
        need.expectedWei = (need.expectedWei + amountWei).toUint88();
        need.sinceStartWei = (need.sinceStartWei + amountWei).toUint88();
        _need = need;
        // *Because* a need that is met every day and comes anew before each report's end must not pass for an old one.
        if (need.unmetSince != 0) recordNeed();
    }

    /// @dev The need is older than UnmetNeedSeconds: then size no longer matters.
    function _isNeedOld() internal view returns (bool) {
        uint256 since = _need.unmetSince;
        return since != 0 && block.timestamp >= since + PARAMETERS.get(Parameter.UnmetNeedSeconds);
    }

    function _requireOpen(bytes32 validatorId, Kind kind) internal view returns (Request storage open) {
        open = _requests[validatorId];
        if (open.kind != kind) revert NoSuchRequest(validatorId, kind);
    }

    /// @dev At least one DAY after the request: by then the consensus layer has taken it or never will.
    function _requireDayLater(Request storage open, IBeaconVerifier.Anchor calldata anchor) internal view {
        uint256 earliest = uint256(open.requestedAt) + DAY;
        if (anchor.timestamp < earliest) revert LapseTooEarly(anchor.timestamp, earliest);
    }

    /// @dev A fall by half of the amount since the last report: penalties and rewards of a day are far smaller.
    function _hasFallen(Request memory open, Gwei balance) internal pure returns (bool) {
        return Gwei.unwrap(balance) + Gwei.unwrap(open.amountGwei) / 2 <= Gwei.unwrap(open.balanceGwei);
    }

    function _settlePartial(bytes32 validatorId, Request memory open, Gwei balance) private returns (uint256) {
        if (_hasFallen(open, balance)) {
            emit PartialPaid(validatorId, open.amountGwei);
            _close(validatorId);
            return 0;
        }
        _requests[validatorId].balanceGwei = balance;
        return open.amountGwei.toWei();
    }
}
