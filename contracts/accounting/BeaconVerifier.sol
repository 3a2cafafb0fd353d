// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IPayloadEvidence} from "../interfaces/IPayloadEvidence.sol";
import {MerkleMultiproof, Siblings} from "../libraries/MerkleMultiproof.sol";
import {RecentBlocks} from "../libraries/RecentBlocks.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {Epoch, Gwei, Slot} from "../libraries/Units.sol";
import {BalanceChunks} from "./layout/BalanceChunks.sol";
import {BeaconContainers} from "./layout/BeaconContainers.sol";
import {BeaconGindices} from "./layout/BeaconGindices.sol";
import {Layout, ListPlace} from "./layout/Layout.sol";
import {ListNodes, StateTree} from "./layout/StateTree.sol";

/// @title BeaconVerifier for Electra, Fulu and Gloas
/// @dev All proofs take the same way: values → leaves (BeaconContainers, BalanceChunks) → root of the list and of the state
/// (StateTree, at the places Layout says) → comparison. docs/proofs.md draws it.
contract BeaconVerifier is IBeaconVerifier, IPayloadEvidence {
    using BeaconContainers for BeaconBlockHeader;
    using BeaconContainers for BeaconValidator;
    using BeaconContainers for PendingDeposit;
    using StateTree for ListNodes;

    /// @notice Constants of the chain, as its configuration names them; periods in epochs.
    /// @param gloasSlot First slot of the Gloas layout; the largest number while that fork has no date.
    struct Chain {
        uint64 genesisTime;
        uint64 secondsPerSlot;
        uint64 slotsPerEpoch;
        uint64 shardCommitteePeriod;
        uint64 epochsPerSlashingsVector;
        uint64 minValidatorWithdrawabilityDelay;
        Slot gloasSlot;
    }

    /// @dev EIP-4788.
    address private constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02;

    uint64 public immutable GENESIS_TIME;
    uint64 public immutable SECONDS_PER_SLOT;
    uint64 public immutable SLOTS_PER_EPOCH;
    uint64 public immutable SHARD_COMMITTEE_PERIOD;
    uint64 public immutable EPOCHS_PER_SLASHINGS_VECTOR;
    uint64 public immutable MIN_VALIDATOR_WITHDRAWABILITY_DELAY;
    Slot public immutable GLOAS_SLOT;

    /// @inheritdoc IPayloadEvidence
    mapping(bytes32 blockRoot => bool) public isPayloadShown;

    constructor(Chain memory chain) {
        if (chain.genesisTime == 0 || chain.secondsPerSlot == 0 || chain.slotsPerEpoch == 0) revert ZeroParameter();
        if (chain.epochsPerSlashingsVector == 0) revert ZeroParameter();
        if (chain.shardCommitteePeriod == 0 || chain.minValidatorWithdrawabilityDelay == 0) revert ZeroParameter();
        GENESIS_TIME = chain.genesisTime;
        SECONDS_PER_SLOT = chain.secondsPerSlot;
        SLOTS_PER_EPOCH = chain.slotsPerEpoch;
        SHARD_COMMITTEE_PERIOD = chain.shardCommitteePeriod;
        EPOCHS_PER_SLASHINGS_VECTOR = chain.epochsPerSlashingsVector;
        MIN_VALIDATOR_WITHDRAWABILITY_DELAY = chain.minValidatorWithdrawabilityDelay;
        GLOAS_SLOT = chain.gloasSlot;
    }

    /// @inheritdoc IPayloadEvidence
    /// @dev A child of that parent with that hash is the payload itself, *because* an execution block names the beacon block
    /// before its own: nobody can promise, in an earlier block, the hash of a payload that comes with a later one. And what
    /// later blocks were built without can't become part of the chain, so it came before whatever followed its block.
    function showPayload(
        BeaconBlockHeader calldata header,
        PayloadProof calldata proof,
        uint256 executionBlockNumber
    ) external {
        RecentBlocks.requireRecent(executionBlockNumber - 1, proof.parentHash);
        RecentBlocks.requireRecent(executionBlockNumber, proof.blockHash);
        uint256 parentGindex = BeaconGindices.GLOAS_PAYLOAD_PARENT_HASH;
        _requireField(header.stateRoot, proof.parentHash, parentGindex, proof.parentSiblings);
        _requireField(header.stateRoot, proof.blockHash, BeaconGindices.GLOAS_PAYLOAD_HASH, proof.siblings);
        bytes32 blockRoot = header.root();
        isPayloadShown[blockRoot] = true;
        emit PayloadShown(blockRoot, proof.blockHash);
    }

    /// @inheritdoc IBeaconVerifier
    function verifyHeader(uint64 timestamp, BeaconBlockHeader calldata header) external view {
        _requireHeader(parentBlockRoot(timestamp), header);
    }

    /// @inheritdoc IBeaconVerifier
    function verifyHeaderRoot(bytes32 blockRoot, BeaconBlockHeader calldata header) external view {
        _requireHeader(blockRoot, header);
        if (_isGloas(header.slot) && !isPayloadShown[blockRoot]) revert PayloadNotShown(blockRoot);
    }

    /// @inheritdoc IBeaconVerifier
    function verifyValidator(
        Slot slot,
        bytes32 stateRoot,
        ValidatorProof calldata proof
    ) external view returns (bytes32) {
        _verifyElement(
            stateRoot,
            Layout.validators(_isGloas(slot)),
            proof.validatorIndex,
            proof.listLength,
            proof.validator.root(),
            proof.siblings
        );
        return proof.validator.pubkeyRoot;
    }

    /// @inheritdoc IBeaconVerifier
    function verifyValidators(
        Slot slot,
        bytes32 stateRoot,
        ValidatorsProof calldata proof
    ) external view returns (bytes32[] memory pubkeyRoots) {
        uint256 count = proof.validatorIndices.length;
        if (proof.validators.length != count) revert WrongValueCount(proof.validators.length, count);
        pubkeyRoots = new bytes32[](count);
        uint256[] memory positions = new uint256[](count);
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            positions[i] = proof.validatorIndices[i];
            if (i > 0 && positions[i] <= positions[i - 1]) revert IndicesNotRising(positions[i - 1], positions[i]);
            leaves[i] = proof.validators[i].root();
            pubkeyRoots[i] = proof.validators[i].pubkeyRoot;
        }
        uint64 length = proof.listLength;
        if (count > 0 && positions[count - 1] >= length) revert IndexBeyondList(positions[count - 1], length);
        ListNodes memory list = ListNodes({positions: positions, nodes: leaves, filled: length, length: length});
        _verifyList(stateRoot, Layout.validators(_isGloas(slot)), list, proof.siblings);
    }

    /// @inheritdoc IBeaconVerifier
    function verifyBalances(
        Slot slot,
        bytes32 stateRoot,
        BalancesProof calldata proof
    ) external view returns (Gwei[] memory balances) {
        ListNodes memory list = ListNodes({
            positions: BalanceChunks.positions(proof.runs, proof.chunks.length, proof.listLength),
            nodes: proof.chunks,
            filled: BalanceChunks.countFor(proof.listLength),
            length: proof.listLength
        });
        uint256 count = list.nodes.length;
        if (count > 0) balances = BalanceChunks.decode(list.nodes, list.positions[count - 1], proof.listLength);
        _verifyList(stateRoot, Layout.balances(_isGloas(slot)), list, proof.siblings);
        // Encoded by hand, because the compiler's loop would cost more than all the hashing.
        assembly ("memory-safe") {
            let encoded := sub(balances, 0x20)
            mstore(encoded, 0x20)
            return(encoded, add(0x40, shl(5, mload(balances))))
        }
    }

    /// @inheritdoc IBeaconVerifier
    function verifyPendingDeposit(Slot slot, bytes32 stateRoot, PendingDepositProof calldata proof) external view {
        _verifyElement(
            stateRoot,
            Layout.pendingDeposits(_isGloas(slot)),
            proof.depositIndex,
            proof.listLength,
            proof.deposit.root(),
            proof.siblings
        );
    }

    /// @inheritdoc IBeaconVerifier
    function verifyEarliestExitEpoch(
        Slot slot,
        bytes32 stateRoot,
        EarliestExitEpochProof calldata proof
    ) external view returns (Epoch) {
        bytes32 field = SSZ.toChunk(Epoch.unwrap(proof.earliestExitEpoch));
        _requireField(stateRoot, field, Layout.earliestExitEpoch(_isGloas(slot)), proof.siblings);
        return proof.earliestExitEpoch;
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

    /// @inheritdoc IBeaconVerifier
    function parentBlockRoot(uint64 timestamp) public view returns (bytes32) {
        (bool success, bytes memory output) = BEACON_ROOTS.staticcall(abi.encode(timestamp));
        if (!success || output.length != 32) revert BeaconRootNotFound(timestamp);
        return bytes32(output);
    }

    function _requireHeader(bytes32 blockRoot, BeaconBlockHeader calldata header) private view {
        bytes32 headerRoot = header.root();
        if (headerRoot != blockRoot) revert HeaderMismatch(blockRoot, headerRoot);
    }

    function _requireField(bytes32 stateRoot, bytes32 field, uint256 gindex, bytes32[] calldata siblings) private view {
        bytes32 computed = StateTree.rootOfField(field, gindex, MerkleMultiproof.open(siblings, ""));
        if (computed != stateRoot) revert InvalidProof(stateRoot, computed);
    }

    function _verifyElement(
        bytes32 stateRoot,
        ListPlace memory place,
        uint64 index,
        uint64 length,
        bytes32 leaf,
        bytes32[] calldata siblings
    ) private view {
        if (index >= length) revert IndexBeyondList(index, length);
        ListNodes memory list = ListNodes(new uint256[](1), new bytes32[](1), length, length);
        list.positions[0] = index;
        list.nodes[0] = leaf;
        _verifyList(stateRoot, place, list, siblings);
    }

    /// @dev The caller has checked that positions rise and lie within the list.
    function _verifyList(
        bytes32 stateRoot,
        ListPlace memory place,
        ListNodes memory list,
        bytes32[] calldata siblings
    ) private view {
        if (list.nodes.length == 0) revert EmptyProof();
        if (list.length > place.limit) revert ListTooLong(list.length, place.limit);
        Siblings memory opened = MerkleMultiproof.open(siblings, BeaconGindices.ZERO_HASHES);
        bytes32 computed = list.rootOfList(place, opened);
        if (computed != stateRoot) revert InvalidProof(stateRoot, computed);
    }

    function _isGloas(Slot slot) private view returns (bool) {
        return !(GLOAS_SLOT > slot);
    }
}
