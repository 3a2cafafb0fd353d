// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChunkRun} from "../libraries/ChunkRun.sol";
import {Epoch, Gwei, Slot} from "../libraries/Units.sol";

/// @title BeaconVerifier
/// @notice Everything that a fork of the consensus layer can move: the slot clock, the chain's constants and where a value
/// lies in the beacon state. The one replaceable part of the system.
/// @dev Use it in two steps. First bind a block header to the chain (`verifyHeader`): that fixes slot and state root. Then
/// prove values of that state, as often as you like, with the slot and the state root of the bound header. **A state root
/// that was not bound first proves nothing.** The slot chooses the layout, so it must come from the same header.
///
/// Siblings are given lowest level first, from left to right within a level, each just once for all values of one proof.
/// Those that cover nothing but elements past the end of a list are known (hashes of zeros) and must be left out. How
/// many are needed follows from indices, list length and slot alone; one more or less is refused (error
/// MerkleMultiproof.WrongSiblingCount).
interface IBeaconVerifier {
    /// @notice `BeaconBlockHeader` of the consensus-specs.
    struct BeaconBlockHeader {
        Slot slot;
        uint64 proposerIndex;
        bytes32 parentRoot;
        bytes32 stateRoot;
        bytes32 bodyRoot;
    }

    /// @notice A header and where the execution chain keeps its root.
    /// @param timestamp Key of EIP-4788: Unix time of the *next* block, whose parent the header is.
    struct Anchor {
        uint64 timestamp;
        BeaconBlockHeader header;
    }

    /// @notice `Validator` of the consensus-specs.
    /// @param pubkeyRoot SSZ root of the public key, sha256(pubkey ‖ 16 zero bytes): the validator's id everywhere here.
    struct BeaconValidator {
        bytes32 pubkeyRoot;
        bytes32 withdrawalCredentials;
        Gwei effectiveBalanceGwei;
        bool slashed;
        Epoch activationEligibilityEpoch;
        Epoch activationEpoch;
        Epoch exitEpoch;
        Epoch withdrawableEpoch;
    }

    /// @notice One validator of a state.
    /// @param validatorIndex Position in `state.validators`.
    /// @param listLength Number of validators in the state.
    struct ValidatorProof {
        uint64 validatorIndex;
        uint64 listLength;
        BeaconValidator validator;
        bytes32[] siblings;
    }

    /// @notice Several validators of one state.
    /// @param validatorIndices Strictly rising.
    /// @param validators In the order of the indices.
    struct ValidatorsProof {
        uint64 listLength;
        uint64[] validatorIndices;
        BeaconValidator[] validators;
        bytes32[] siblings;
    }

    /// @notice Balances of a state. A chunk holds four: chunk c those of validators 4c to 4c + 3.
    /// @param listLength Number of balances in the state.
    /// @param runs Which chunks are proven: runs of neighbours, strictly rising.
    /// @param chunks All of them in that order, as they lie in the state.
    struct BalancesProof {
        uint64 listLength;
        ChunkRun[] runs;
        bytes32[] chunks;
        bytes32[] siblings;
    }

    /// @notice `PendingDeposit` of the consensus-specs.
    /// @param signatureRoot SSZ root of the 96-byte signature.
    /// @param slot Slot of the deposit; 0 when it did not come as a deposit (excess of a consolidation, for one).
    struct PendingDeposit {
        bytes32 pubkeyRoot;
        bytes32 withdrawalCredentials;
        Gwei amountGwei;
        bytes32 signatureRoot;
        Slot slot;
    }

    /// @notice One entry of `state.pending_deposits`.
    struct PendingDepositProof {
        uint64 depositIndex;
        uint64 listLength;
        PendingDeposit deposit;
        bytes32[] siblings;
    }

    /// @notice `state.earliest_exit_epoch`: no exit asked for later can be earlier.
    struct EarliestExitEpochProof {
        Epoch earliestExitEpoch;
        bytes32[] siblings;
    }

    /// @notice The EIP-4788 contract keeps no root for this timestamp: no block had it, or it is over a day old.
    error BeaconRootNotFound(uint64 timestamp);

    /// @notice The header is not that of the block with this root.
    error HeaderMismatch(bytes32 blockRoot, bytes32 headerRoot);

    /// @notice Nothing to prove.
    error EmptyProof();

    /// @notice The list has no such element. `index` counts elements, for balances too.
    error IndexBeyondList(uint256 index, uint256 listLength);

    /// @notice No list of this kind can be so long; a path to such an element would lead into another list.
    error ListTooLong(uint256 listLength, uint256 limit);

    /// @notice The index (of a chunk, for balances) does not come after the one before.
    error IndicesNotRising(uint256 previous, uint256 index);

    /// @notice A run of no chunks.
    error EmptyRun(uint256 firstChunk);

    /// @notice There are not as many values (validators, chunks) as indices.
    error WrongValueCount(uint256 count, uint256 expected);

    /// @notice Values and siblings lead to another state than the given one.
    error InvalidProof(bytes32 stateRoot, bytes32 computedRoot);

    /// @notice The time lies before genesis.
    error BeforeGenesis(uint256 timestamp);
    error ZeroParameter();

    /// @notice Reverts unless `header` is that of the parent of the block that has `timestamp`.
    function verifyHeader(uint64 timestamp, BeaconBlockHeader calldata header) external view;

    /// @notice Reverts unless `header` has this hash tree root: for a root recorded earlier.
    function verifyHeaderRoot(bytes32 blockRoot, BeaconBlockHeader calldata header) external view;

    /// @notice Root of the parent of the beacon block that has `timestamp`, from EIP-4788.
    function parentBlockRoot(uint64 timestamp) external view returns (bytes32);

    /// @notice Reverts unless the validator is in the state.
    /// @return pubkeyRoot That of the validator proven.
    function verifyValidator(
        Slot slot,
        bytes32 stateRoot,
        ValidatorProof calldata proof
    ) external view returns (bytes32 pubkeyRoot);

    /// @notice Reverts unless all these validators are in the state.
    /// @return pubkeyRoots In the order of the proof.
    function verifyValidators(
        Slot slot,
        bytes32 stateRoot,
        ValidatorsProof calldata proof
    ) external view returns (bytes32[] memory pubkeyRoots);

    /// @notice Reverts unless these chunks are in the state.
    /// @return balances Four per chunk, in the order of the proof: entry 4k + j is that of validator 4c + j, where c is the
    /// k-th chunk. Shorter by what the list's last chunk lacks, *because* a validator that is not there has no balance of 0.
    function verifyBalances(
        Slot slot,
        bytes32 stateRoot,
        BalancesProof calldata proof
    ) external view returns (Gwei[] memory balances);

    /// @notice Reverts unless the entry is in the queue of the state, at that position. Equal entries may exist twice.
    function verifyPendingDeposit(Slot slot, bytes32 stateRoot, PendingDepositProof calldata proof) external view;

    /// @notice Reverts unless this is the state's earliest exit epoch.
    /// @return epoch That of the proof.
    function verifyEarliestExitEpoch(
        Slot slot,
        bytes32 stateRoot,
        EarliestExitEpochProof calldata proof
    ) external view returns (Epoch epoch);

    /// @notice The slot that contains a Unix time in seconds.
    function slotAt(uint256 timestamp) external view returns (Slot);
    function epochOf(Slot slot) external view returns (Epoch);
    function GENESIS_TIME() external view returns (uint64);
    function SECONDS_PER_SLOT() external view returns (uint64);
    function SLOTS_PER_EPOCH() external view returns (uint64);

    /// @notice Epochs that a validator must have been active before it may exit.
    function SHARD_COMMITTEE_PERIOD() external view returns (uint64);

    /// @notice Epochs that a slashed validator waits at least, and that slashings are counted together.
    function EPOCHS_PER_SLASHINGS_VECTOR() external view returns (uint64);

    /// @notice Epochs between a validator's exit and its being withdrawable.
    function MIN_VALIDATOR_WITHDRAWABILITY_DELAY() external view returns (uint64);

    /// @notice First slot of the Gloas layout; the largest number while that fork has no date.
    function GLOAS_SLOT() external view returns (Slot);
}
