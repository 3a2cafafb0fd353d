// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {IValidatorExits} from "../interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {Epoch, FAR_FUTURE_EPOCH, Gwei} from "../libraries/Units.sol";
import {ExitRules} from "./ExitRules.sol";

/// @title RequestLapses
/// @dev Ends of requests that had no effect, *because* the consensus layer may drop one in silence, and a key with an
/// open request takes no other.
abstract contract RequestLapses is ExitRules {
    /// @dev Source and target of an open consolidation, each to the other.
    mapping(bytes32 validatorId => bytes32) internal _partners;

    /// @inheritdoc IValidatorExits
    function lapse(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        Request storage open = _requests[validatorId];
        Kind kind = open.kind;
        if (kind != Kind.Exit) _requireOpen(validatorId, Kind.ConsolidationSource);
        _requireDayLater(open, anchor);
        _requireValidator(VERIFIERS.current(), validatorId, anchor, proof);
        if (proof.validator.exitEpoch != FAR_FUTURE_EPOCH) {
            revert ValidatorIsExiting(validatorId, proof.validator.exitEpoch);
        }
        emit RequestLapsed(validatorId, kind);
        if (kind == Kind.Exit) delete _requests[validatorId];
        else _closeConsolidation(validatorId, true);
    }

    /// @inheritdoc IValidatorExits
    function scheduleLapse(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.EarliestExitEpochProof calldata proof
    ) external {
        Request storage open = _requireOpen(validatorId, Kind.Partial);
        // Later states have later epochs: the first proof stands.
        if (open.lapseEpoch != 0) return;
        _requireDayLater(open, anchor);
        IBeaconVerifier verifier = VERIFIERS.current();
        verifier.verifyHeader(anchor.timestamp, anchor.header);
        Epoch earliest = verifier.verifyEarliestExitEpoch(anchor.header.slot, anchor.header.stateRoot, proof);
        uint256 epoch =
            Epoch.unwrap(earliest) +
                uint256(verifier.MIN_VALIDATOR_WITHDRAWABILITY_DELAY()) +
                PARAMETERS.get(Parameter.PartialLapseEpochs);
        open.lapseEpoch = uint40(epoch);
    }

    /// @inheritdoc IValidatorExits
    function lapsePartial(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.BalancesProof calldata proof
    ) external {
        Request memory open = _requireOpen(validatorId, Kind.Partial);
        IBeaconVerifier verifier = VERIFIERS.current();
        verifier.verifyHeader(anchor.timestamp, anchor.header);
        Epoch epoch = verifier.epochOf(anchor.header.slot);
        if (open.lapseEpoch == 0 || Epoch.unwrap(epoch) < open.lapseEpoch) {
            revert LapseEpochNotReached(Epoch.wrap(open.lapseEpoch), epoch);
        }
        uint64 index = MANAGER.validator(validatorId).validatorIndex;
        if (_hasFallen(open, _provenBalance(verifier, index, anchor.header, proof))) revert PartialWasPaid(validatorId);
        emit RequestLapsed(validatorId, Kind.Partial);
        _close(validatorId);
    }

    /// @inheritdoc IValidatorExits
    function finishConsolidation(bytes32 source) external {
        _requireOpen(source, Kind.ConsolidationSource);
        if (MANAGER.validator(source).state != IValidatorRecords.ValidatorState.Withdrawn) {
            revert SourceNotWithdrawn(source);
        }
        emit ConsolidationFinished(source, _partners[source]);
        _closeConsolidation(source, false);
    }

    /// @dev The amount of a consolidation's target is not zero when its set was given more stake.
    function _closeConsolidation(bytes32 source, bool lapsed) private {
        bytes32 target = _partners[source];
        bool gaveStake = Gwei.unwrap(_requests[target].amountGwei) != 0;
        delete _partners[source];
        _close(source);
        _close(target);
        if (lapsed && gaveStake) MANAGER.changeStake(target, false);
    }
}
