// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {Epoch, Gwei, Slot} from "../../../contracts/libraries/Units.sol";

/// @title AnchoredProofs
/// @notice Verifies as the contracts do: header first, then a value of its state. For tests.
contract AnchoredProofs {
    IBeaconVerifier public immutable VERIFIER;

    constructor(IBeaconVerifier verifier) {
        VERIFIER = verifier;
    }

    function validator(
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external view returns (bytes32) {
        _bind(anchor);
        return VERIFIER.verifyValidator(anchor.header.slot, anchor.header.stateRoot, proof);
    }

    function validators(
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorsProof calldata proof
    ) external view returns (bytes32[] memory) {
        _bind(anchor);
        return VERIFIER.verifyValidators(anchor.header.slot, anchor.header.stateRoot, proof);
    }

    function balances(
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.BalancesProof calldata proof
    ) external view returns (Gwei[] memory) {
        _bind(anchor);
        return VERIFIER.verifyBalances(anchor.header.slot, anchor.header.stateRoot, proof);
    }

    function pendingDeposit(
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.PendingDepositProof calldata proof
    ) external view {
        _bind(anchor);
        VERIFIER.verifyPendingDeposit(anchor.header.slot, anchor.header.stateRoot, proof);
    }

    function earliestExitEpoch(
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.EarliestExitEpochProof calldata proof
    ) external view returns (Epoch) {
        _bind(anchor);
        return VERIFIER.verifyEarliestExitEpoch(anchor.header.slot, anchor.header.stateRoot, proof);
    }

    function _bind(IBeaconVerifier.Anchor calldata anchor) private view {
        VERIFIER.verifyHeader(anchor.timestamp, anchor.header);
    }
}
