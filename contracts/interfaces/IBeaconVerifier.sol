// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Epoch, Gwei, Slot} from "../libraries/Units.sol";

/// @title BeaconVerifier
/// @notice Everything that a fork of the consensus layer can move: the slot clock and where a value lies in the beacon
/// state. The one replaceable part of the system. This one knows the Electra and Fulu layout.
interface IBeaconVerifier {
    /// @notice The `Validator` container of the consensus-specs.
    struct BeaconValidator {
        bytes pubkey;
        bytes32 withdrawalCredentials;
        Gwei effectiveBalanceGwei;
        bool slashed;
        Epoch activationEligibilityEpoch;
        Epoch activationEpoch;
        Epoch exitEpoch;
        Epoch withdrawableEpoch;
    }

    /// @notice A validator in the state of one beacon block.
    /// @param timestamp Key of EIP-4788: the root returned is that of the *parent* of the block with this timestamp.
    /// @param slot Slot of that parent, bound to the root together with `proposerIndex`.
    /// @param proposerIndex Its proposer.
    /// @param validatorIndex Position in `state.validators`.
    /// @param validator All fields; the leaf is their hash tree root.
    /// @param branch The 50 siblings from that leaf (generalized index 0x5960000000000 + validatorIndex) to the block root,
    /// lowest first. The last but one is the node above slot and proposer index in the block header.
    struct ValidatorProof {
        uint64 timestamp;
        Slot slot;
        uint64 proposerIndex;
        uint64 validatorIndex;
        BeaconValidator validator;
        bytes32[] branch;
    }

    /// @notice The EIP-4788 contract keeps no root for this timestamp: no block had it, or it is over a day old.
    error BeaconRootNotFound(uint64 timestamp);
    error InvalidBranchLength(uint256 length, uint256 expected);
    error InvalidValidatorIndex(uint64 validatorIndex);

    /// @notice Slot and proposer index are not those of the block that the branch leads to.
    error InvalidHeader(Slot slot, uint64 proposerIndex);

    /// @notice The branch does not lead from the validator to the beacon block root.
    error InvalidProof();

    /// @notice The time lies before genesis.
    error BeforeGenesis(uint256 timestamp);
    error ZeroParameter();

    /// @notice Reverts unless the validator is in the state of the block at `proof.slot`.
    /// @return pubkeyRoot SSZ root of the public key: sha256(pubkey ‖ 16 zero bytes).
    function verifyValidator(ValidatorProof calldata proof) external view returns (bytes32 pubkeyRoot);

    /// @notice The slot that contains a Unix time in seconds.
    function slotAt(uint256 timestamp) external view returns (Slot);
    function epochOf(Slot slot) external view returns (Epoch);
    function GENESIS_TIME() external view returns (uint64);
    function SECONDS_PER_SLOT() external view returns (uint64);
    function SLOTS_PER_EPOCH() external view returns (uint64);
}
