// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../../contracts/interfaces/IBeaconVerifier.sol";
import {ChunkRun} from "../../../../contracts/libraries/ChunkRun.sol";
import {Epoch, Gwei, Slot} from "../../../../contracts/libraries/Units.sol";
import {SimulatedBeaconChain} from "./SimulatedBeaconChain.sol";

/// @dev Knows the states of the simulated chain and compares: what a real verifier finds out by hashing. Roots are hashes of
/// the slot. Builds the "proofs" as well, which hold the values and no siblings.
contract SimulatedBeaconVerifier is SimulatedBeaconChain {
    uint64 public constant SHARD_COMMITTEE_PERIOD = 0;
    uint64 public constant MIN_VALIDATOR_WITHDRAWABILITY_DELAY = WITHDRAWABILITY_DELAY;
    uint64 public constant EPOCHS_PER_SLASHINGS_VECTOR = 8;
    Slot public constant GLOAS_SLOT = Slot.wrap(type(uint64).max);

    error WrongValue();

    function current() external view returns (IBeaconVerifier) {
        return this;
    }

    // Building

    /// @param parent Slot of the state; its child must exist.
    function anchorOf(uint64 parent) external view returns (Anchor memory anchor) {
        anchor.timestamp = childTimestamp[parent];
        anchor.header = headerOf(parent);
    }

    function headerOf(uint64 parent) public pure returns (BeaconBlockHeader memory header) {
        header.slot = Slot.wrap(parent);
        header.parentRoot = _blockRoot(parent);
        header.stateRoot = _stateRoot(Slot.wrap(parent));
    }

    function validatorProof(uint64 parent, uint256 index) external view returns (ValidatorProof memory proof) {
        proof.validatorIndex = uint64(index);
        proof.listLength = uint64(_states[parent].accounts.length);
        proof.validator = _validatorOf(_states[parent].accounts[index]);
    }

    function balanceProof(uint256 index) external pure returns (BalancesProof memory proof) {
        return balancesProof(index / 4, 1);
    }

    function balancesProof(uint256 firstChunk, uint256 chunks) public pure returns (BalancesProof memory proof) {
        proof.runs = new ChunkRun[](1);
        proof.runs[0] = ChunkRun.wrap(uint64(firstChunk | (chunks << 40)));
    }

    function pendingProof(uint64 parent, uint256 position) external view returns (PendingDepositProof memory proof) {
        Pending memory entry = _states[parent].queue[position];
        proof.depositIndex = uint64(position);
        proof.deposit.pubkeyRoot = entry.pubkeyRoot;
        proof.deposit.withdrawalCredentials = entry.credentials;
        proof.deposit.amountGwei = Gwei.wrap(entry.amountGwei);
        proof.deposit.slot = Slot.wrap(entry.slot);
    }

    // IBeaconVerifier

    function verifyHeader(uint64 timestamp, BeaconBlockHeader calldata header) external view {
        verifyHeaderRoot(parentBlockRoot(timestamp), header);
    }

    function verifyHeaderRoot(bytes32 blockRoot, BeaconBlockHeader calldata header) public pure {
        bytes32 root = _blockRoot(Slot.unwrap(header.slot));
        if (root != blockRoot) revert HeaderMismatch(blockRoot, root);
    }

    function parentBlockRoot(uint64 timestamp) public view returns (bytes32) {
        if (childTimestamp[parentSlot[timestamp]] != timestamp) revert BeaconRootNotFound(timestamp);
        return _blockRoot(parentSlot[timestamp]);
    }

    function verifyValidator(
        Slot stateSlot,
        bytes32 stateRoot,
        ValidatorProof calldata proof
    ) external view returns (bytes32 pubkeyRoot) {
        State storage state = _stateOf(stateSlot, stateRoot);
        bytes32 expected = keccak256(abi.encode(_validatorOf(state.accounts[proof.validatorIndex])));
        if (keccak256(abi.encode(proof.validator)) != expected) revert WrongValue();
        return proof.validator.pubkeyRoot;
    }

    function verifyBalances(
        Slot stateSlot,
        bytes32 stateRoot,
        BalancesProof calldata proof
    ) external view returns (Gwei[] memory balances) {
        State storage state = _stateOf(stateSlot, stateRoot);
        uint256 length = state.accounts.length;
        uint256 first = proof.runs[0].firstChunk() * 4;
        uint256 end = first + proof.runs[0].chunkCount() * 4;
        if (first >= length) revert IndexBeyondList(first, length);
        balances = new Gwei[]((end < length ? end : length) - first);
        for (uint256 i = 0; i < balances.length; i++) balances[i] = Gwei.wrap(state.accounts[first + i].balanceGwei);
    }

    function verifyPendingDeposit(Slot stateSlot, bytes32 stateRoot, PendingDepositProof calldata proof) external view {
        Pending memory entry = _stateOf(stateSlot, stateRoot).queue[proof.depositIndex];
        bool same =
            entry.pubkeyRoot == proof.deposit.pubkeyRoot &&
                entry.credentials == proof.deposit.withdrawalCredentials &&
                entry.amountGwei == Gwei.unwrap(proof.deposit.amountGwei) &&
                entry.slot == Slot.unwrap(proof.deposit.slot);
        if (!same) revert WrongValue();
    }

    function verifyValidators(Slot, bytes32, ValidatorsProof calldata) external pure returns (bytes32[] memory) {
        revert EmptyProof();
    }

    /// @dev No exit queue: an exit asked for now takes effect in the next epoch.
    function verifyEarliestExitEpoch(
        Slot stateSlot,
        bytes32 stateRoot,
        EarliestExitEpochProof calldata
    ) external view returns (Epoch) {
        _stateOf(stateSlot, stateRoot);
        return Epoch.wrap(Slot.unwrap(stateSlot) / SLOTS_PER_EPOCH + 1);
    }

    function slotAt(uint256 timestamp) external view returns (Slot) {
        return Slot.wrap(uint64((timestamp - GENESIS_TIME) / SECONDS_PER_SLOT));
    }

    function epochOf(Slot stateSlot) external pure returns (Epoch) {
        return Epoch.wrap(Slot.unwrap(stateSlot) / SLOTS_PER_EPOCH);
    }

    function _stateOf(Slot stateSlot, bytes32 stateRoot) private view returns (State storage) {
        if (stateRoot != _stateRoot(stateSlot)) revert InvalidProof(stateRoot, _stateRoot(stateSlot));
        return _states[Slot.unwrap(stateSlot)];
    }

    function _validatorOf(Account memory account) private pure returns (BeaconValidator memory validator) {
        validator.pubkeyRoot = account.pubkeyRoot;
        validator.withdrawalCredentials = account.credentials;
        validator.effectiveBalanceGwei = Gwei.wrap((account.balanceGwei / 1e9) * 1e9);
        validator.slashed = account.slashed;
        validator.exitEpoch = Epoch.wrap(account.exitEpoch);
        validator.withdrawableEpoch = Epoch.wrap(account.withdrawableEpoch);
    }

    function _blockRoot(uint64 blockSlot) private pure returns (bytes32) {
        return keccak256(abi.encode("block", blockSlot));
    }

    function _stateRoot(Slot stateSlot) private pure returns (bytes32) {
        return keccak256(abi.encode("state", stateSlot));
    }
}
