// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IDeadSets} from "../interfaces/IDeadSets.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {IValidatorExits} from "../interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {Epoch, FAR_FUTURE_EPOCH, Gwei} from "../libraries/Units.sol";
import {ExitLedger} from "./ExitLedger.sol";
import {ValidatorEvidence} from "./ValidatorEvidence.sol";

/// @title ExitRules
/// @dev Who may be asked to leave, and proofs that the consensus layer will not drop the request in silence.
abstract contract ExitRules is ExitLedger, ValidatorEvidence {
    /// @dev A key that may be asked, as manager and beacon state know it.
    struct LiveKey {
        bytes32 validatorId;
        IValidatorRecords.Validator known;
        Gwei balance;
    }

    IOperatorSets public immutable SETS;
    IDeadSets public immutable DEAD_SETS;
    address public immutable GOVERNANCE;

    /// @inheritdoc IValidatorExits
    mapping(bytes32 validatorId => bytes32 target) public orderOf;

    constructor(Wiring memory w) ExitLedger(w) {
        SETS = IOperatorSets(w.sets);
        DEAD_SETS = IDeadSets(w.fees);
        GOVERNANCE = w.governance;
    }

    /// @dev The consensus layer drops requests of a validator that leaves already, that became active too recently,
    /// or for which it holds another one.
    function _requireLive(
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata key
    ) internal view returns (LiveKey memory live) {
        live.validatorId = SSZ.pubkeyRoot(key.pubkey);
        live.known = MANAGER.validator(live.validatorId);
        Kind pending = _requests[live.validatorId].kind;
        if (pending != Kind.None) revert RequestPending(live.validatorId, pending);

        uint256 oldest = block.timestamp - PARAMETERS.get(Parameter.RequestProofSeconds);
        if (anchor.timestamp < oldest) revert AnchorTooOld(anchor.timestamp, oldest);
        IBeaconVerifier verifier = VERIFIERS.current();
        _requireValidator(verifier, live.validatorId, anchor, key.validator);
        _requireStaying(live.validatorId, key.validator.validator);
        Epoch epoch = verifier.epochOf(anchor.header.slot);
        Epoch activation = key.validator.validator.activationEpoch;
        Epoch first = Epoch.wrap(Epoch.unwrap(epoch) - _lesser(epoch, verifier.SHARD_COMMITTEE_PERIOD()));
        if (activation > first) revert ActiveTooShortly(live.validatorId, activation, epoch);
        live.balance = _provenBalance(verifier, live.known.validatorIndex, anchor.header, key.balances);
    }

    /// @dev Uses up what the reason allows once.
    /// @param target Where the balance goes; the key itself for an exit.
    function _requireReason(Reason reason, LiveKey memory live, bytes32 target) internal {
        if (reason == Reason.Liquidity) return _requireLiquidityNeed(live);
        if (reason == Reason.BondShortfall) return SETS.shortfallExit(live.known.setId);
        bool given =
            reason == Reason.Governance
                ? msg.sender == GOVERNANCE || orderOf[live.validatorId] == target
                : reason == Reason.DeadSet
                    ? DEAD_SETS.isDead(live.known.setId)
                    : reason == Reason.LeaverDeadline
                        ? SETS.leaverOverdue(live.known.setId, live.known.generation)
                        : POOL.closedAt() != 0;
        if (!given) revert ReasonNotGiven(live.validatorId, reason);
    }

    /// @dev Proven or Active; a validator may be active before anyone recorded it.
    function _requireUp(LiveKey memory live) internal pure {
        IValidatorRecords.ValidatorState state = live.known.state;
        if (state != IValidatorRecords.ValidatorState.Active && state != IValidatorRecords.ValidatorState.Proven) {
            revert KeyNotLive(live.validatorId);
        }
    }

    function _requireNoTopUp(LiveKey memory live) internal pure {
        if (Gwei.unwrap(live.known.topUpGwei) != 0) revert TopUpInFlight(live.validatorId);
    }

    function _requireLiquidityNeed(LiveKey memory live) private view {
        uint256 need = needWei();
        if (need == 0) revert NoNeed();
        if (_isNeedOld()) return;
        // *Because* deposits are closed while a leaving key has a top-up in flight, a small need may not cause that.
        _requireNoTopUp(live);
        uint256 limit = Math.max(2 * need, PARAMETERS.get(Parameter.FullExitFloorWei));
        if (live.balance.toWei() > limit) revert BalanceBeyondNeed(live.validatorId, live.balance, limit);
    }

    function _requireStaying(bytes32 validatorId, IBeaconVerifier.BeaconValidator calldata proven) private pure {
        if (proven.slashed) revert ValidatorIsSlashed(validatorId);
        if (proven.exitEpoch != FAR_FUTURE_EPOCH) revert ValidatorIsExiting(validatorId, proven.exitEpoch);
    }

    function _lesser(Epoch epoch, uint64 period) private pure returns (uint64) {
        return Epoch.unwrap(epoch) < period ? Epoch.unwrap(epoch) : period;
    }
}
