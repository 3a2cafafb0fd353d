// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {IValidatorExits} from "../interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {Gwei} from "../libraries/Units.sol";
import {ExitRules} from "./ExitRules.sol";
import {RequestLapses} from "./RequestLapses.sol";

/// @title ValidatorExits
/// @dev Read ExitLedger (what is open and expected) → ExitRules (who may be asked, why) → this → RequestLapses.
contract ValidatorExits is RequestLapses, ReentrancyGuardTransient {
    /// @dev MIN_ACTIVATION_BALANCE and MAX_EFFECTIVE_BALANCE_ELECTRA of the consensus-specs.
    uint64 private constant STAYING_GWEI = 32e9;
    uint64 private constant MAXIMUM_GWEI = 2048e9;

    /// @dev A consolidated key may pass the target by what rewards may.
    uint256 private constant REWARD_ROOM_WEI = 2 ether;

    IWithdrawalVault public immutable VAULT;
    ISetChanges public immutable CHANGES;

    constructor(Wiring memory w) ExitRules(w) {
        VAULT = IWithdrawalVault(w.vault);
        CHANGES = ISetChanges(w.changes);
    }

    /// @dev What the vault gives back of a fee passes through to the caller.
    receive() external payable {
        if (msg.sender != address(VAULT)) revert Unauthorized(msg.sender);
    }

    /// @inheritdoc IValidatorExits
    function order(bytes32 validatorId, bytes32 target) external {
        if (msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        orderOf[validatorId] = target;
        emit Ordered(validatorId, target);
    }

    /// @inheritdoc IValidatorExits
    function requestExit(
        Reason reason,
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata key
    ) external payable nonReentrant {
        LiveKey memory live = _requireLive(anchor, key);
        bool repeated = live.known.state == IValidatorRecords.ValidatorState.Exiting;
        if (!repeated) {
            _requireUp(live);
            _requireReason(reason, live, live.validatorId);
        }
        _open(live.validatorId, Kind.Exit, Gwei.wrap(0), live.balance);
        emit ExitRequested(live.validatorId, reason, live.balance);
        if (repeated) {
            // Its ETH is expected since it began to leave.
            _requests[live.validatorId].reportNumber = 0;
        } else {
            _expect(live.balance.toWei());
            MANAGER.markExiting(live.validatorId);
        }
        VAULT.requestWithdrawal{value: msg.value}(key.pubkey, 0);
        _returnRest();
    }

    /// @inheritdoc IValidatorExits
    function requestExitAfterClosing(bytes calldata pubkey) external payable nonReentrant {
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        if (POOL.closedAt() == 0) revert ReasonNotGiven(validatorId, Reason.Closing);
        Request memory last = _requests[validatorId];
        if (block.timestamp < uint256(last.requestedAt) + DAY) revert RequestPending(validatorId, last.kind);
        MANAGER.markExiting(validatorId);
        _open(validatorId, Kind.Exit, Gwei.wrap(0), last.balanceGwei);
        emit ExitRequested(validatorId, Reason.Closing, last.balanceGwei);
        VAULT.requestWithdrawal{value: msg.value}(pubkey, 0);
        _returnRest();
    }

    /// @inheritdoc IValidatorExits
    function requestPartial(
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata key
    ) external payable nonReentrant returns (Gwei amount) {
        LiveKey memory live = _requireLive(anchor, key);
        _requireUp(live);
        _requireNoTopUp(live);
        amount = _partialAmount(live);
        _open(live.validatorId, Kind.Partial, amount, live.balance);
        emit PartialRequested(live.validatorId, amount, live.balance);
        _expect(amount.toWei());
        MANAGER.setRequestOpen(live.validatorId, true);
        VAULT.requestWithdrawal{value: msg.value}(key.pubkey, Gwei.unwrap(amount));
        _returnRest();
    }

    /// @inheritdoc IValidatorExits
    function requestConsolidation(
        Reason reason,
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata source,
        KeyEvidence calldata target
    ) external payable nonReentrant {
        LiveKey memory from = _requireLive(anchor, source);
        LiveKey memory to = _requireLive(anchor, target);
        if (reason != Reason.Governance && reason != Reason.LeaverDeadline) {
            revert ReasonNotGiven(from.validatorId, reason);
        }
        _requireReason(reason, from, to.validatorId);
        _requirePair(from, to);
        bool moreStake = _needsStake(from, to);
        _open(from.validatorId, Kind.ConsolidationSource, Gwei.wrap(0), from.balance);
        _open(to.validatorId, Kind.ConsolidationTarget, Gwei.wrap(moreStake ? 1 : 0), to.balance);
        _partners[from.validatorId] = to.validatorId;
        emit ConsolidationRequested(from.validatorId, to.validatorId, reason);
        MANAGER.setRequestOpen(from.validatorId, true);
        MANAGER.setRequestOpen(to.validatorId, true);
        if (moreStake) MANAGER.changeStake(to.validatorId, true);
        VAULT.requestConsolidation{value: msg.value}(source.pubkey, target.pubkey);
        _returnRest();
    }

    function _returnRest() private {
        uint256 rest = address(this).balance;
        if (rest > 0) Address.sendValue(payable(msg.sender), rest);
    }

    /// @dev Both Active; the target in a set that takes keys, *because* its bonds will answer for the moved balance.
    function _requirePair(LiveKey memory from, LiveKey memory to) private view {
        _requireUp(from);
        _requireUp(to);
        _requireNoTopUp(from);
        _requireNoTopUp(to);
        if (from.validatorId == to.validatorId) revert RequestPending(to.validatorId, Kind.ConsolidationSource);
        uint64 sum = Gwei.unwrap(from.balance) + Gwei.unwrap(to.balance);
        if (sum > MAXIMUM_GWEI) revert ConsolidationTooLarge(Gwei.wrap(sum), Gwei.wrap(MAXIMUM_GWEI));
        bool takesKeys = CHANGES.acceptsKeys(to.known.setId);
        if (!takesKeys || SETS.leaverOverdue(to.known.setId, to.known.generation)) revert KeyNotLive(to.validatorId);
    }

    function _needsStake(LiveKey memory from, LiveKey memory to) private view returns (bool) {
        return from.balance.toWei() + to.balance.toWei() > MANAGER.TARGET_BALANCE_WEI() + REWARD_ROOM_WEI;
    }

    /// @dev In whole gwei, rounded up; the consensus layer leaves 32 ETH in any case.
    function _partialAmount(LiveKey memory live) private view returns (Gwei) {
        uint256 need = needWei();
        if (need == 0) revert NoNeed();
        uint256 floor = PARAMETERS.get(Parameter.FullExitFloorWei);
        if (live.balance.toWei() <= floor) revert BalanceTooSmall(live.validatorId, live.balance, floor);
        uint256 least = PARAMETERS.get(Parameter.MinimumPartialWei);
        uint256 wanted = Math.ceilDiv(Math.max(need, least), 1 gwei);
        // Fits: at most what the balance has beyond 32 ETH.
        uint64 amount = uint64(Math.min(wanted, Gwei.unwrap(live.balance) - STAYING_GWEI));
        if (uint256(amount) * 1 gwei < least) revert BalanceTooSmall(live.validatorId, live.balance, floor);
        return Gwei.wrap(amount);
    }
}
