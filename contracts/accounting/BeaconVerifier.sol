// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {Epoch, Gwei, Slot} from "../libraries/Units.sol";

/// @title BeaconVerifier for the Electra and Fulu layout
/// @notice Path of a validator, from the leaf up:
///
///     Validator (8 fields) → validators list (40 levels, length) → BeaconState (37 or 38 fields, 6 levels) → state_root,
///     field 3 of BeaconBlockHeader (3 levels) → block root, as EIP-4788 keeps it.
///
/// Generalized index from the block root: 0x5960000000000 + validatorIndex, so 50 siblings.
/// @dev Gloas moves these fields: before that fork this contract has to be replaced.
contract BeaconVerifier is IBeaconVerifier {
    /// @dev EIP-4788.
    address private constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02;

    /// @dev Position of `validators[0]` in the 50th level: the generalized index without its leading bit.
    uint256 private constant FIRST_VALIDATOR_POSITION = 0x5960000000000 - (1 << BRANCH_LENGTH);
    uint256 private constant BRANCH_LENGTH = 50;

    /// @dev VALIDATOR_REGISTRY_LIMIT is 2⁴⁰.
    uint256 private constant VALIDATOR_LIMIT = 1 << 40;

    uint64 public immutable GENESIS_TIME;
    uint64 public immutable SECONDS_PER_SLOT;
    uint64 public immutable SLOTS_PER_EPOCH;

    constructor(uint64 genesisTime, uint64 secondsPerSlot, uint64 slotsPerEpoch) {
        if (genesisTime == 0 || secondsPerSlot == 0 || slotsPerEpoch == 0) revert ZeroParameter();
        GENESIS_TIME = genesisTime;
        SECONDS_PER_SLOT = secondsPerSlot;
        SLOTS_PER_EPOCH = slotsPerEpoch;
    }

    /// @inheritdoc IBeaconVerifier
    function verifyValidator(ValidatorProof calldata proof) external view returns (bytes32 pubkeyRoot) {
        if (proof.branch.length != BRANCH_LENGTH) revert InvalidBranchLength(proof.branch.length, BRANCH_LENGTH);
        // A larger index would walk into another list of the state.
        if (proof.validatorIndex >= VALIDATOR_LIMIT) revert InvalidValidatorIndex(proof.validatorIndex);

        // The header's first two fields share a parent, the sibling next to the top: checking it binds the slot for free.
        bytes32 headerNode = SSZ.hash(SSZ.toChunk(Slot.unwrap(proof.slot)), SSZ.toChunk(proof.proposerIndex));
        if (proof.branch[BRANCH_LENGTH - 2] != headerNode) revert InvalidHeader(proof.slot, proof.proposerIndex);

        pubkeyRoot = SSZ.pubkeyRoot(proof.validator.pubkey);
        bytes32 root = SSZ.branchRoot(
            _validatorRoot(proof.validator, pubkeyRoot),
            FIRST_VALIDATOR_POSITION + proof.validatorIndex,
            proof.branch
        );
        if (root != _parentBlockRoot(proof.timestamp)) revert InvalidProof();
    }

    /// @inheritdoc IBeaconVerifier
    function slotAt(uint256 timestamp) external view returns (Slot) {
        if (timestamp < GENESIS_TIME) revert BeforeGenesis(timestamp);
        return Slot.wrap(uint64((timestamp - GENESIS_TIME) / SECONDS_PER_SLOT));
    }

    /// @inheritdoc IBeaconVerifier
    function epochOf(Slot slot) external view returns (Epoch) {
        return Epoch.wrap(Slot.unwrap(slot) / SLOTS_PER_EPOCH);
    }

    function _parentBlockRoot(uint64 timestamp) private view returns (bytes32) {
        (bool success, bytes memory output) = BEACON_ROOTS.staticcall(abi.encode(timestamp));
        if (!success || output.length != 32) revert BeaconRootNotFound(timestamp);
        return bytes32(output);
    }

    function _validatorRoot(BeaconValidator calldata validator, bytes32 pubkeyRoot) private view returns (bytes32) {
        bytes32 identity = SSZ.hash(
            SSZ.hash(pubkeyRoot, validator.withdrawalCredentials),
            SSZ.hash(SSZ.toChunk(Gwei.unwrap(validator.effectiveBalanceGwei)), SSZ.toChunk(validator.slashed))
        );
        bytes32 epochs = SSZ.hash(
            SSZ.hash(_chunk(validator.activationEligibilityEpoch), _chunk(validator.activationEpoch)),
            SSZ.hash(_chunk(validator.exitEpoch), _chunk(validator.withdrawableEpoch))
        );
        return SSZ.hash(identity, epochs);
    }

    function _chunk(Epoch epoch) private pure returns (bytes32) {
        return SSZ.toChunk(Epoch.unwrap(epoch));
    }
}
